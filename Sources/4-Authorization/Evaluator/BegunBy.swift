/// Who began the multipart upload that a question is about, as far as it bears on the caller.
///
/// Whoever began it may end it and list its parts without a policy that says so, and an account may do so with what its users
/// began. A deny wins, as ever, and what bounds the caller (boundary, session policy, SCP, endpoint) must allow besides. In the
/// bucket's own account the beginning stands in for an identity policy; elsewhere it stands for the bucket owner's leave only.
/// - Source: S3 User Guide, "Multipart upload API and permissions". That another account's user needs the leave of its own
///   account besides is not said there; it is what holds of all calls across accounts.
public enum BegunBy: UInt8, Sendable, CaseIterable {
    case others = 0
    case callersAccount = 1
    case caller = 2

    func reach(_ question: Question) -> Reach {
        guard self != .others, question.action.service == "s3", question.subject.isAccountIdentity,
            BegunBy.actions.contains(question.action.name)
        else { return [] }
        if question.subject.isRoot { return .exact }
        return self == .caller ? .parent : .account
    }

    /// Lower-cased actions.
    private static let actions: Set<String> = ["abortmultipartupload", "listmultipartuploadparts"]
}
