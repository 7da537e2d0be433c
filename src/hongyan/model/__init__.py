"""The words of the program: frozen values, one table of states, one list of reasons.

Pure: no I/O, no clock, no framework. Every other folder speaks in these values.
"""
