/// Which services a permissions policy gives something of, whatever it says of resources and conditions.
extension CompiledPolicy {
    /// True if an Allow statement covers one of the actions. A broken policy gives nothing.
    public func allows(anyOf actions: some Sequence<ActionName>) -> Bool {
        for statement in statements where !statement.isDeny {
            if actions.contains(where: { statement.covers($0) }) { return true }
        }
        return false
    }
}
