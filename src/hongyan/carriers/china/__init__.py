"""What CMPP, SMGP and SGIP have in common at a carrier: contents, answers, status reports, replies, log-in times.

Each protocol's own file (`cmpp.py`, `smgp.py`, `sgip.py` beside this folder) is a `Wording` over `links.Wired` that is
made of these; nothing here knows a connection.
"""
