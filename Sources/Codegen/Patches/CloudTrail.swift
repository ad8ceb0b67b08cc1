let cloudTrailPatches: [Patch] = []
