"""One session engine for four carrier protocols, both ends of it: framing, window, timers, log-in, keep-alive, drain.

It knows connections and nothing of messages: carriers, simulators and the door for customers stand on it.
"""
