/// All checks that Access Analyzer documents.
enum AccessAnalyzerChecks {
    static func check(_ examination: Examination, _ report: inout Report) {
        StructureChecks.check(examination, &report)
        KindChecks.check(examination, &report)
        PrincipalChecks.check(examination, &report)
        TrustChecks.check(examination, &report)
        ServicePrincipalChecks.check(examination, &report)
        ActionChecks.check(examination, &report)
        ResourceChecks.check(examination, &report)
        OperandChecks.check(examination, &report)
        ConditionKeyChecks.check(examination, &report)
        ValueChecks.check(examination, &report)
        VariableChecks.check(examination, &report)
        TagChecks.check(examination, &report)
        RoleGrantChecks.check(examination, &report)
        RedundancyChecks.check(examination, &report)
    }
}
