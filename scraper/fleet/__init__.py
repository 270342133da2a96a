"""Crawls of several sites, each in its own process, on one machine or several.

Politeness allows one crawl per host, so a site is the unit of work. The store decides who
crawls it: a run holds its job and its host.
"""
