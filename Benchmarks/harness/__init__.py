"""What `bench.py` is made of: the servers under load, the loads, and the measurements."""
