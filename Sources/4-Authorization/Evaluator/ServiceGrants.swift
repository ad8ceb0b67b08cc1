/// Which services a permissions policy gives something of, whatever it says of resources and conditions.
extension CompiledPolicy {
    /// True if an Allow statement covers one of the actions. A broken policy gives nothing.
    public func allows(anyOf actions: some Sequence<ActionName>) -> Bool {
        for statement in statements where !statement.isDeny {
            if actions.contains(where: { statement.covers($0) }) { return true }
        }
        return false
    }

    /// True if a Deny statement covers the action on all resources and under no condition.
    public func deniesEverywhere(_ action: ActionName) -> Bool {
        zip(document.statements, statements).contains { $0.isDenialEverywhere && $1.covers(action) }
    }
}

extension PolicyStatement {
    /// Whether it denies what it covers on all resources and under no condition.
    public var isDenialEverywhere: Bool {
        effect == "Deny" && condition.isEmpty && resource?.contains("*") == true
    }
}
