let secretsManagerPatches: [Patch] = []
