let accessAnalyzerPatches: [Patch] = []
