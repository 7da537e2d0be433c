"""4 on the road: when. Lanes, pace, retries, and the hand-over to carriers.

`sender.py` hands over and reads answers, `trouble.py` decides about what failed, `sweep.py` fetches due work from
the store, `fleet.py` opens and closes carriers.
"""
