// Crypto: see Documentation/Decisions/0001.
