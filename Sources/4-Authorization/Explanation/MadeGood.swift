import AWS

extension PolicySet {
    /// The policies with one missing piece made good.
    public func making(good piece: MissingPiece) -> PolicySet {
        var set = self
        switch piece {
        case .removal(let finding):
            // It stays in its place and is about no action, so that the statements behind it stay in theirs.
            set.change(finding) { ($0.action, $0.notAction) = ([], nil) }
        case .repair(_, let place, let layer): set.change(layer, place) { $0.statements = [] }
        case .condition(let finding):
            set.change(finding) { statement in
                statement.condition = zip(statement.condition, finding.conditions).filter { $1.holds }.map { $0.0 }
            }
        case .resource(let finding):
            set.change(finding) { statement in
                let added = ExampleStatement.resource(finding.question)
                (statement.resource, statement.notResource) = ((statement.resource ?? []) + [added], nil)
            }
        case .principal(let finding, let name):
            set.change(finding) { statement in
                statement.principal?.mentions.append(.init(kind: .aws, value: name, range: 0..<0))
            }
        case .statement(let example, let layer, let level): set.add(example.statement, to: layer, level: level)
        case .publicAccessBlock: set.s3?.restrictsPublicBuckets = false
        case .objectOwnership: set.s3?.ownership = .bucketOwnerEnforced
        case .grant(let grant): set.grants.append(grant)
        }
        return set
    }

    private mutating func change(_ finding: StatementFinding, _ body: (inout PolicyStatement) -> Void) {
        change(finding.layer, finding.index) { body(&$0.statements[Int(finding.index.statement)]) }
    }

    /// Reads the policy at a place anew, with its document changed.
    private mutating func change(_ layer: Layer, _ place: StatementIndex, _ body: (inout PolicyDocument) -> Void) {
        guard let named = policy(at: place, in: layer) else { return }
        var document = named.policy.document
        body(&document)
        let changed = NamedPolicy(
            CompiledPolicy(stored: document.text, as: named.policy.kind), name: named.name, arn: named.arn)
        let (level, policy) = (Int(place.level), Int(place.policy))
        switch layer {
        case .scp: scps?[level][policy] = changed
        case .rcp: rcps?[level][policy] = changed
        case .endpoint: endpoint = changed
        case .resource: resource = changed
        case .identity: identity[policy] = changed
        case .boundary: boundary = changed
        case .session: session?[policy] = changed
        case .root, .both, .unconditional: break
        }
    }

    /// Adds a statement: to the layer's policy where it has just one, else as a policy of its own.
    private mutating func add(_ statement: PolicyStatement, to layer: Layer, level: Int) {
        func made(_ kind: PolicyKind) -> NamedPolicy {
            NamedPolicy(
                CompiledPolicy(stored: PolicyDocument(version: .v2012, statements: [statement]).text, as: kind),
                name: "example")
        }
        func added(_ levels: [[NamedPolicy]]?, _ kind: PolicyKind) -> [[NamedPolicy]] {
            var levels = levels ?? []
            while levels.count <= level { levels.append([]) }
            levels[level].append(made(kind))
            return levels
        }
        let only = StatementIndex(policy: 0, statement: 0)
        switch layer {
        case .scp: scps = added(scps, .scp)
        case .rcp: rcps = added(rcps, .rcp)
        case .identity: identity.append(made(.identity))
        case .session: session = (session ?? []) + [made(.session)]
        case .endpoint where endpoint != nil, .boundary where boundary != nil, .resource where resource != nil:
            change(layer, only) { $0.statements.append(statement) }
        case .endpoint: endpoint = made(.endpoint)
        case .boundary: boundary = made(.managed)
        case .resource: resource = made(kindOfResourcePolicy)
        case .root, .both, .unconditional: break
        }
    }

    var kindOfResourcePolicy: PolicyKind {
        switch resourceKind {
        case .roleTrust: .trust
        case .kmsKey: .keyPolicy
        case .standard: resource?.policy.kind ?? .resource(service: "")
        }
    }
}
