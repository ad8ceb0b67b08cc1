public import Door

/// What Access Analyzer is made of.
public enum AccessAnalyzerService {
    public static func operations(_ jobs: PolicyJobs) -> [AnyOperation] {
        [
            .query(ValidatePolicy()), .prepared(StartPolicyGeneration(jobs: jobs)), .query(GetGeneratedPolicy()),
            .query(ListPolicyGenerations()), .change(CancelPolicyGeneration()),
        ]
    }
}
