public import Door
public import Storage

/// What Access Analyzer is made of.
public enum AccessAnalyzerService {
    public static func operations(
        _ jobs: PolicyJobs, _ analysis: ResourceAnalysis, _ store: Store
    ) -> [AnyOperation] {
        [
            .query(ValidatePolicy()), .query(CheckNoPublicAccess()), .prepared(StartPolicyGeneration(jobs: jobs)),
            .query(GetGeneratedPolicy()), .query(ListPolicyGenerations()), .change(CancelPolicyGeneration()),
        ] + analyzers + archiveRules(store) + findings(analysis)
    }

    private static var analyzers: [AnyOperation] {
        [
            .change(CreateAnalyzer()), .query(GetAnalyzer()), .query(ListAnalyzers()), .change(DeleteAnalyzer()),
            .change(TagResource()), .change(UntagResource()), .query(ListTagsForResource()),
        ]
    }

    private static func archiveRules(_ store: Store) -> [AnyOperation] {
        [
            .change(CreateArchiveRule()), .query(GetArchiveRule()), .query(ListArchiveRules()),
            .change(UpdateArchiveRule()), .change(DeleteArchiveRule()),
            .prepared(ApplyArchiveRule(store: store)),
        ]
    }

    private static func findings(_ analysis: ResourceAnalysis) -> [AnyOperation] {
        [
            .query(ListFindings()), .query(GetFinding()), .query(ListFindingsV2()), .query(GetFindingV2()),
            .change(UpdateFindings()), .change(StartResourceScan(analysis: analysis)),
            .query(ListAnalyzedResources()), .query(GetAnalyzedResource()),
        ]
    }
}
