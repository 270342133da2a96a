"""What the disk, the clock, the environment, the network and a page may do.

One row each of docs/reliability.md: what happens, what comes of it, the guard and its
test. Unlike a fault (worlds/faults), no server plays it: each has a test of its own.
"""
