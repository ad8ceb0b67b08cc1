import AWS
import Authorization
import Door
import Journal
import KMSAPI
import KeyEngine
import Storage
import World

/// Names the device of this server as a store for keys. It is not connected yet.
/// - Source: KMS API Reference, "CreateCustomKeyStore".
struct CreateCustomKeyStore: Change, OnAccount {
    typealias Shape = KMS.CreateCustomKeyStore
    static var refusedMembers: [StaticString] {
        [
            "XksProxyUriEndpoint", "XksProxyUriPath", "XksProxyVpcEndpointServiceName",
            "XksProxyVpcEndpointServiceOwner", "XksProxyAuthenticationCredential", "XksProxyConnectivity",
        ]
    }
    let engine: any KeyEngine
    let passwords: StorePasswords
    let identifiers: Identifiers

    func perform(
        _ input: Input, under permit: borrowing Permit<AccountID>, in transaction: inout Transaction
    ) throws -> Output {
        let (account, region, now) = (permit.target, permit.facts.region, permit.facts.now)
        guard input.customKeyStoreType ?? .awsCloudhsm == .awsCloudhsm else {
            throw KMS.UnsupportedOperationException(message: "External key stores are not supported by this server.")
        }
        guard let cluster = input.cloudHsmClusterId, let password = input.keyStorePassword,
            let anchor = input.trustAnchorCertificate
        else {
            throw Invalid.input(
                "CloudHsmClusterId, KeyStorePassword and TrustAnchorCertificate are required for this type.")
        }
        try DeviceCluster.require(cluster, engine.status)
        try TrustAnchor.check(anchor)
        let others = try KeyStore.all(account, region, transaction.snapshot)
        guard !others.contains(where: { $0.name == input.customKeyStoreName }) else {
            throw KMS.CustomKeyStoreNameInUseException(
                message: "The custom key store name \(input.customKeyStoreName) is in use.")
        }
        guard !others.contains(where: { $0.cluster == cluster }) else {
            throw KMS.CloudHsmClusterInUseException(
                message: "The AWS CloudHSM cluster \(cluster) is in use by another custom key store.")
        }
        guard others.count < KeyStore.limit else {
            throw KMS.LimitExceededException(message: "The account has as many custom key stores as it can have.")
        }
        let id = "cks-" + identifiers.hexadecimal(17).lowercased()
        let sealed = try passwords.seal(password, of: id, in: account)
        try KeyStore.write(id, input, cluster, password: sealed, account, region, now, &transaction)
        return Output(customKeyStoreId: id)
    }
}

/// The custom key stores of the account in this Region.
/// - Source: KMS API Reference, "DescribeCustomKeyStores".
struct DescribeCustomKeyStores: Query, OnAccount {
    typealias Shape = KMS.DescribeCustomKeyStores

    func answer(
        _ input: Input, under permit: borrowing Permit<AccountID>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let page = try Page(input.limit, input.marker, ordinary: 10, most: 50)
        guard input.customKeyStoreId == nil || input.customKeyStoreName == nil else {
            throw Invalid.input("CustomKeyStoreId and CustomKeyStoreName exclude each other.")
        }
        if let wanted = input.customKeyStoreId ?? input.customKeyStoreName {
            let found = try KeyStore.all(permit.target, permit.facts.region, snapshot).first {
                input.customKeyStoreId == nil ? $0.name == wanted : $0.id == wanted
            }
            guard let found else { throw KeyStore.absence(wanted) }
            return Output(customKeyStores: [found.shape], truncated: false)
        }
        let all = try KeyStore.list(
            in: permit.target, permit.facts.region, after: page.after, limit: page.fetch, snapshot)
        let (some, marker) = page.cut(all, key: \.id)
        return Output(customKeyStores: some.map(\.shape), nextMarker: marker, truncated: marker != nil)
    }
}

/// Disconnects a store. Its keys cannot be used meanwhile.
/// - Source: KMS API Reference, "DisconnectCustomKeyStore".
struct DisconnectCustomKeyStore: Change, OnAccount {
    typealias Shape = KMS.DisconnectCustomKeyStore

    func perform(
        _ input: Input, under permit: borrowing Permit<AccountID>, in transaction: inout Transaction
    ) throws -> Output {
        let store = try KeyStore.required(input.customKeyStoreId, permit, transaction.snapshot)
        guard store.state != .disconnected else { throw KeyStore.wrongState(store.id, store.state) }
        try store.set(.disconnected, nil, in: &transaction)
        return Output()
    }
}

/// Renames a store; or, while it is disconnected, says which device it is now, or what its PIN is now.
///
/// The device of this server holds all keys of its stores, whichever it was when they were made: a change of the root took
/// them along. So it is related to each of them, and no other is.
/// - Source: KMS API Reference, "UpdateCustomKeyStore".
struct UpdateCustomKeyStore: Change, OnAccount {
    typealias Shape = KMS.UpdateCustomKeyStore
    static var refusedMembers: [StaticString] { CreateCustomKeyStore.refusedMembers }
    let engine: any KeyEngine
    let passwords: StorePasswords

    func perform(
        _ input: Input, under permit: borrowing Permit<AccountID>, in transaction: inout Transaction
    ) throws -> Output {
        let store = try KeyStore.required(input.customKeyStoreId, permit, transaction.snapshot)
        try requireState(of: store, input)
        let others = try KeyStore.all(store.account, store.region, transaction.snapshot).filter { $0.id != store.id }
        if let cluster = input.cloudHsmClusterId {
            try DeviceCluster.require(cluster, engine.status)
            guard !others.contains(where: { $0.cluster == cluster }) else {
                throw KMS.CloudHsmClusterNotRelatedException(
                    message: "The AWS CloudHSM cluster \(cluster) is in use by another custom key store.")
            }
            try store.move(to: cluster, in: &transaction)
        }
        if let password = input.keyStorePassword {
            let sealed = try passwords.seal(password, of: store.id, in: store.account)
            try store.set(password: sealed, in: &transaction)
        }
        if let name = input.newCustomKeyStoreName {
            guard !others.contains(where: { $0.name == name }) else {
                throw KMS.CustomKeyStoreNameInUseException(message: "The custom key store name \(name) is in use.")
            }
            try store.rename(name, in: &transaction)
        }
        return Output()
    }

    /// The name alone may change while it is connected.
    private func requireState(of store: KeyStore, _ input: Input) throws {
        let isOfNameAlone =
            input.newCustomKeyStoreName != nil && input.cloudHsmClusterId == nil && input.keyStorePassword == nil
        guard isOfNameAlone, store.state == .connected else { return try store.requireDisconnected() }
    }
}

/// Forgets a store that is not connected and has no keys.
/// - Source: KMS API Reference, "DeleteCustomKeyStore".
struct DeleteCustomKeyStore: Change, OnAccount {
    typealias Shape = KMS.DeleteCustomKeyStore

    func perform(
        _ input: Input, under permit: borrowing Permit<AccountID>, in transaction: inout Transaction
    ) throws -> Output {
        let store = try KeyStore.required(input.customKeyStoreId, permit, transaction.snapshot)
        guard try !store.hasKeys(transaction.snapshot) else {
            throw KMS.CustomKeyStoreHasCMKsException(message: "The custom key store \(store.id) has KMS keys.")
        }
        try store.requireDisconnected()
        try store.remove(&transaction)
        return Output()
    }
}

extension KeyStore {
    static func required(
        _ id: String, _ permit: borrowing Permit<AccountID>, _ snapshot: borrowing Snapshot
    ) throws -> KeyStore {
        guard let store = try find(id, in: permit.target, permit.facts.region, snapshot) else { throw absence(id) }
        return store
    }
}
