import AWS
import Authorization
import Door
import Journal
import KMSAPI
import KeyEngine
import Smithy
import Storage

/// Connects a store to its device, if that can be reached now and the store's password is its PIN. Why it could not is told
/// by DescribeCustomKeyStores.
/// - Source: KMS API Reference, "ConnectCustomKeyStore" and "CustomKeyStoresListEntry".
struct ConnectCustomKeyStore: PreparedChange {
    typealias Shape = KMS.ConnectCustomKeyStore
    let engine: any KeyEngine
    let passwords: StorePasswords

    struct Target: Sendable {
        let account: AccountID
        /// Nil where there is none of that id.
        let store: KeyStore?
    }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Target {
        let account = try facts.signedAccount()
        return Target(
            account: account, store: try KeyStore.find(input.customKeyStoreId, in: account, facts.region, snapshot))
    }

    func access(_ input: Input, to target: Target, for facts: RequestFacts) throws -> Access {
        .ask(
            Action("kms", Shape.model.name), on: "*", of: target.account, keys: KeyConditions.ofCall(facts))
    }

    /// Why it cannot be connected, asked of the device at this moment; nil where it can.
    func prepare(_ input: Input, under permit: borrowing Permit<Target>) async throws -> KMS.ConnectionErrorCodeType? {
        let store = try connectable(input, permit.target.store)
        let status = await engine.probe()
        guard DeviceCluster.id(status) == store.cluster else { return .clusterNotFound }
        guard status.isAvailable else { return .networkErrors }
        return try passwords.failure(of: store, engine, permit.facts.now)
    }

    func abandon(_ failure: KMS.ConnectionErrorCodeType?) async {}

    func perform(
        _ input: Input, _ failure: KMS.ConnectionErrorCodeType?, under permit: borrowing Permit<Target>,
        in transaction: inout Transaction
    ) throws -> Output {
        let (account, region) = (permit.target.account, permit.facts.region)
        let store = try connectable(
            input, try KeyStore.find(input.customKeyStoreId, in: account, region, transaction.snapshot))
        // What was looked at must be what is connected.
        guard let known = permit.target.store, known.cluster == store.cluster, known.password == store.password else {
            throw KeyWork.unavailable
        }
        try store.set(failure == nil ? .connected : .failed, failure, in: &transaction)
        return Output()
    }

    private func connectable(_ input: Input, _ store: KeyStore?) throws -> KeyStore {
        guard let store else { throw KeyStore.absence(input.customKeyStoreId) }
        guard store.state != .failed else { throw KeyStore.wrongState(store.id, store.state) }
        return store
    }
}
