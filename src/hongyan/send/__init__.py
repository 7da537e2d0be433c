"""4 on the road: when. Lanes, pace, retries, and the hand-over to carriers.

`sender.py` hands over and reads answers, `verdicts.py` says what an answer means, `sweep.py` fetches due work from
the store, `fleet.py` opens and closes carriers as they are declared and as operators set them (`by_hand.py`).
`board.py` shows how carriers are doing, `operations.py` is what operators may do to them.
"""
