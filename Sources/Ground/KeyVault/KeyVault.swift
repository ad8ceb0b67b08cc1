// KeyVault: see Documentation/Decisions/0001.
