"""`jackfield doctor`: looks at everything a call needs, and says what to do about what is amiss.

One file per family of things. What was found out is judged by pure functions; the probes themselves are
bounded, run side by side, and open no session at any service.
"""
