/// The rule that a disagreement of the two evaluators comes under, if it is one that stands as a named case in
/// `Tests/AuthorizationTests/Vectors/disagreements.jsonl` and is not mended yet. Nil for everything else.
public func knownDisagreement(_ vector: Tree) -> String? {
    let action = vector["request"]?["action"]?.string ?? ""
    let policies = vector["policies"] ?? .null
    if action == "kms:DescribeKey",
        policies["kmsGrants"]?.elements.contains(where: { $0["constraints"] != nil }) == true
    {
        return "grant constraints and DescribeKey"
    }
    let given = (vector["request"]?["encryptionContext"] ?? .null).members.map(\.name)
    let wanted = (policies["kmsGrants"]?.elements ?? []).flatMap { ($0["constraints"] ?? .null).members }
        .flatMap { $0.value.members.map(\.name) }
    if wanted.contains(where: { name in given.contains { $0.isText(ignoringCase: name) && !$0.isText(name) } }) {
        return "case of names in grant constraints"
    }
    if ["s3:ListAllMyBuckets", "s3:GetBucketAcl", "s3:ListBucket"].contains(action),
        policies["s3"]?["objectOwner"] != nil
    {
        return "object owner and what is asked of buckets"
    }
    if policies["s3"]?["objectOwner"] != nil, policies["s3"]?["bpa"]?["RestrictPublicBuckets"]?.isTrue == true {
        return "RestrictPublicBuckets and the owner of an object"
    }
    let hasOwnPolicies = ["user", "role-session", "role", "federated-user"].contains(
        vector["request"]?["principal"]?["type"]?.string ?? "")
    if !hasOwnPolicies, policies["boundary"] != nil, vector.text.contains("NotPrincipal") {
        return "NotPrincipal and a boundary that the caller cannot have"
    }
    if hasNegativeDate(vector.text) { return "seconds before 1970" }
    return nil
}

/// Whether a number with a minus may be read as a date.
private func hasNegativeDate(_ text: String) -> Bool {
    text.contains("Date") && ["\"-1\"", "\"-0\"", "\"-1.0\"", ":-1", "[-1", ",-1"].contains { text.contains($0) }
}
