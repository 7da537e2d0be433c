"""A store used from another process of the same machine: fronts take requests, the core alone writes.

`far.py` is the front's side, a `Store` whose every call travels; `door.py` is the core's. Accepting is the one call
made all the time: what a front wants accepted in one turn of its loop goes as one frame, and comes back as one.
"""
