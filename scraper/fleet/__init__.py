"""Many sites: each crawled by a process of its own, on this machine or on several.

A host is crawled politely from one place at a time, so a site is the unit of work. Who
crawls it is settled by the store: a run holds its job and its host.
"""
