import AWS
import Authorization
import IAMAPI
import Simulation
import Storage

/// What both simulation operations are given, checked.
struct SimulationRequest {
    var policies: [String] = []
    var boundaries: [String] = []
    var actions: [String] = []
    var resourceARNs: [String] = []
    var resourcePolicy: String?
    var resourceOwner: String?
    var callerARN: String?
    var entries: [IAM.ContextEntry] = []
    var resourceHandling: String?

    init(_ input: IAM.SimulateCustomPolicy.Input) {
        (policies, boundaries) = (input.policyInputList, input.permissionsBoundaryPolicyInputList ?? [])
        (actions, resourceARNs) = (input.actionNames, input.resourceArns ?? [])
        (resourcePolicy, resourceOwner) = (input.resourcePolicy, input.resourceOwner)
        (callerARN, entries) = (input.callerArn, input.contextEntries ?? [])
        resourceHandling = input.resourceHandlingOption
    }

    init(_ input: IAM.SimulatePrincipalPolicy.Input) {
        (policies, boundaries) = (input.policyInputList ?? [], input.permissionsBoundaryPolicyInputList ?? [])
        (actions, resourceARNs) = (input.actionNames, input.resourceArns ?? [])
        (resourcePolicy, resourceOwner) = (input.resourcePolicy, input.resourceOwner)
        (callerARN, entries) = (input.callerArn, input.contextEntries ?? [])
        resourceHandling = input.resourceHandlingOption
    }

    /// The resources named; none where they are left out or `*`.
    private var resources: [String] { resourceARNs == ["*"] ? [] : resourceARNs }

    /// The policies given as text, by their place in the list. What no entity could hold is refused, but for operands, which
    /// the simulator takes as they come.
    static func inputPolicies(_ texts: [String]) throws -> [NamedPolicy] {
        try texts.enumerated().map { index, text in
            try given(text, name: "PolicyInputList.\(index + 1)", "Policy input list item \(index + 1)")
        }
    }

    private static func given(_ text: String, name: String, _ title: String) throws -> NamedPolicy {
        do { return NamedPolicy(try PolicyParser.parse(Array(text.utf8), as: .session), name: name) } catch {
            throw invalid("\(title) has invalid content")
        }
    }

    /// The simulation of these policies, with those of a source before them.
    func simulation(_ source: SimulationSource?, in account: AccountID, _ snapshot: borrowing Snapshot) throws
        -> PolicySimulation
    {
        try check()
        var set = PolicySet()
        if let owner = try source?.found.required() {
            let own = try SourcePolicies(of: owner, snapshot)
            (set.identity, set.boundary) = (own.identity, own.boundary)
        }
        set.identity += try SimulationRequest.inputPolicies(policies)
        if let text = boundaries.first {
            set.boundary = try SimulationRequest.given(
                text, name: "PermissionsBoundaryPolicyInputList.1", "Permissions boundary policy input list item 1")
        }
        let caller = try SimulationCaller(callerARN, source, in: account)
        try setResourcePolicy(&set, caller)
        let given = try SimulationContext(entries)
        return PolicySimulation(
            caller.subject, set, given.context(with: caller.defaults), givenKeys: given.keys, resources: resources,
            resourceOwner: try owner())
    }

    private func check() throws {
        for action in actions where !action.utf8.contains(UInt8(ascii: ":")) {
            throw invalid("The action is invalid since it is missing names")
        }
        guard boundaries.count <= 1 else {
            throw invalid("The list of Permissions Boundary policies cannot exceed 1 items.")
        }
        for resource in resources {
            guard let arn = ARN(resource), !arn.partition.isEmpty, !arn.service.isEmpty, !arn.resource.isEmpty else {
                throw invalid("ResourceNames are not in a valid ARN format: \(resource).")
            }
        }
        try checkHandling()
    }

    private func checkHandling() throws {
        guard let resourceHandling else { return }
        guard let scenario = ResourceHandling(rawValue: resourceHandling) else {
            throw invalid("Invalid input resource handling options. Unknown option: \(resourceHandling).")
        }
        for action in actions where !ResourceHandling.actions.contains(action.lowercased()) {
            throw invalid(
                "Invalid input resource handling options. Action does not support resource handling options: \(action)."
            )
        }
        let missing = scenario.missing(among: resources)
        guard resources.isEmpty || missing.isEmpty else {
            throw invalid(
                "Invalid input resource handling options. \(resourceHandling) requires resources of type: "
                    + missing.joined(separator: ", ") + ".")
        }
    }

    /// Trust policies and key policies are read as such: they count even where identity policies allow.
    private func setResourcePolicy(_ set: inout PolicySet, _ caller: SimulationCaller) throws {
        guard let resourcePolicy else { return }
        guard caller.isUser else { throw invalid("Invalid caller - Caller cannot be null or empty.") }
        guard let first = resources.first.flatMap({ ARN($0) }) else {
            throw invalid("Invalid Entity Arn: * does not clearly define entity type and name.")
        }
        let kind: PolicyKind
        switch (first.service, first.resource.prefix { $0 != "/" }) {
        case ("iam", "role"): (kind, set.resourceKind) = (.trust, .roleTrust)
        case ("kms", "key"): (kind, set.resourceKind) = (.keyPolicy, .kmsKey)
        case (let service, _): kind = .resource(service: String(service))
        }
        do {
            set.resource = NamedPolicy(
                try PolicyParser.parse(Array(resourcePolicy.utf8), as: kind), name: "ResourcePolicy")
        } catch { throw invalid("Resource policy has invalid content") }
    }

    /// An account's number, or an ARN of its, such as that of its root.
    private func owner() throws -> AccountID? {
        guard let resourceOwner else { return nil }
        if let account = AccountID(resourceOwner) { return account }
        guard let arn = ARN(resourceOwner), arn.service == "iam", let account = arn.accountID else {
            throw invalid("'\(resourceOwner)' is not a valid Resource Owner.")
        }
        return account
    }
}

/// The error of the simulation operations for input that cannot be simulated.
func invalid(_ message: String) -> IAM.InvalidInputException { IAM.InvalidInputException(message: message) }
