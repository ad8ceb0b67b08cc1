@_spi(Declared) public import AWS

extension Ask {
    /// Whether the caller may hand a role to a service, which will act with the role's rights: asked beside the action
    /// that hands it over, whichever service that belongs to.
    ///
    /// - Source: IAM User Guide, "Grant a user permissions to pass a role to an AWS service"; `iam:PassedToService`,
    ///   `iam:AssociatedResourceArn`.
    /// - Parameter role: the role's ARN.
    /// - Parameter service: such as `ec2.amazonaws.com`.
    /// - Parameter resource: what the role will be tied to there; nil where nothing is yet.
    /// - Parameter keys: the role's tags.
    public static func passing(
        role arn: String, of owner: AccountID, to service: String, for resource: String? = nil,
        keys: [ConditionEntry] = []
    ) -> Ask {
        var keys = keys
        keys.append(ConditionEntry(SingleValuedKey("iam:PassedToService"), service))
        if let resource { keys.append(ConditionEntry(SingleValuedKey("iam:AssociatedResourceArn"), resource)) }
        return Ask(Action("iam", "PassRole"), on: arn, of: owner, keys: keys)
    }
}
