import Door
import IAMAPI
import Storage

/// Takes a public key for a user. The body is checked, and kept in one form whichever it came in.
/// - Source: IAM API Reference, "UploadSSHPublicKey".
struct UploadSSHPublicKey: Change, OnKeys {
    typealias Shape = IAM.UploadSSHPublicKey
    let naming: Naming
    func userName(_ input: Input) -> String? { input.userName }

    func perform(
        _ input: Input, under permit: borrowing Permit<KeyOwner>, in transaction: inout Transaction
    ) throws -> Output {
        let owner = try permit.target.required()
        let text = try SSHKeyText(input.sSHPublicKeyBody)
        let others = try SSHPublicKey.all(of: owner, transaction.snapshot)
        guard !others.contains(where: { $0.key == text.blob }) else {
            throw IAM.DuplicateSSHPublicKeyException(message: "Duplicate SSH public key uploaded.")
        }
        guard others.count < SSHPublicKey.limit else {
            throw Quota.exceeded("SSHPublicKeysPerUser", SSHPublicKey.limit)
        }
        let key = SSHPublicKey(id: naming.sshKeyID(), key: text.blob, uploaded: permit.facts.now)
        try key.insert(for: owner, &transaction)
        return Output(
            sSHPublicKey: key.shape(permit.target.userName ?? input.userName, body: input.sSHPublicKeyBody))
    }
}

/// A key in the form that is asked for.
/// - Source: IAM API Reference, "GetSSHPublicKey".
struct GetSSHPublicKey: Query, OnKeys {
    typealias Shape = IAM.GetSSHPublicKey
    func userName(_ input: Input) -> String? { input.userName }

    func answer(
        _ input: Input, under permit: borrowing Permit<KeyOwner>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let key = try SSHPublicKey.find(input.sSHPublicKeyId, of: permit.target.required(), snapshot)
        let text = SSHKeyText(stored: key.key)
        guard let body = input.encoding == .pem ? text.pem : text.ssh else {
            throw StorageError.corrupt("an SSH public key in the store")
        }
        return Output(sSHPublicKey: key.shape(permit.target.userName ?? input.userName, body: body))
    }
}

/// - Source: IAM API Reference, "ListSSHPublicKeys".
struct ListSSHPublicKeys: Query, OnKeys {
    typealias Shape = IAM.ListSSHPublicKeys
    func userName(_ input: Input) -> String? { input.userName }

    func answer(
        _ input: Input, under permit: borrowing Permit<KeyOwner>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let target = permit.target
        let page = try Page(marker: input.marker, maxItems: input.maxItems)
        let keys = try SSHPublicKey.all(of: target.required(), snapshot).filter { $0.id > page.after }
        let (items, marker) = page.cut(Array(keys.prefix(page.fetch))) { $0.id }
        return Output(
            sSHPublicKeys: items.map {
                IAM.SSHPublicKeyMetadata(
                    userName: target.userName ?? "", sSHPublicKeyId: $0.id, status: $0.status, uploadDate: $0.uploaded)
            }, isTruncated: marker != nil, marker: marker)
    }
}

/// Switches a key on or off.
/// - Source: IAM API Reference, "UpdateSSHPublicKey".
struct UpdateSSHPublicKey: Change, OnKeys {
    typealias Shape = IAM.UpdateSSHPublicKey
    func userName(_ input: Input) -> String? { input.userName }

    /// A leaked key must be stopped on a full disk too.
    func freesRoom(_ input: Input) -> Bool { input.status == .inactive }

    func perform(
        _ input: Input, under permit: borrowing Permit<KeyOwner>, in transaction: inout Transaction
    ) throws -> Output {
        let isActive = try CredentialStatus.isActive(input.status)
        let key = try SSHPublicKey.find(input.sSHPublicKeyId, of: permit.target.required(), transaction.snapshot)
        try transaction.run("UPDATE iam_ssh_key SET active = ? WHERE id = ?", .bool(isActive), .text(key.id))
        return Output()
    }
}

/// - Source: IAM API Reference, "DeleteSSHPublicKey".
struct DeleteSSHPublicKey: Change, OnKeys {
    typealias Shape = IAM.DeleteSSHPublicKey
    func userName(_ input: Input) -> String? { input.userName }

    func perform(
        _ input: Input, under permit: borrowing Permit<KeyOwner>, in transaction: inout Transaction
    ) throws -> Output {
        let key = try SSHPublicKey.find(input.sSHPublicKeyId, of: permit.target.required(), transaction.snapshot)
        try transaction.run("DELETE FROM iam_ssh_key WHERE id = ?", .text(key.id))
        return Output()
    }
}
