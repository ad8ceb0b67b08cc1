/// Whether a block can tell a decision: its counts and lengths have 16 bits, and the greatest count means something else.
struct DecisionRoom {
    /// The greatest value is a mark: of a key with one value, or of pairs that are not there.
    static let longestList = Int(UInt16.max) - 1
    private static let longestText = Int(UInt16.max)
    /// Of all texts of a decision. The largest that is asked, a thousand objects with long names, is a tenth of it.
    static let bytes = 1 << 24

    private var bytes = 0
    private var suffices = true

    /// A decision within these bounds comes back as it was.
    static func suffices(for decision: TracedDecision) -> Bool {
        var room = DecisionRoom()
        // A side's place among all is a byte, whose greatest value means none.
        if decision.sides.count > Int(UInt8.max) { return false }
        room.take(decision.trace.keys)
        room.list(decision.trace.questions.count)
        for question in decision.trace.questions where room.suffices { room.take(question) }
        return room.suffices && room.bytes <= DecisionRoom.bytes
    }

    private mutating func list(_ count: Int) { if count > DecisionRoom.longestList { suffices = false } }

    private mutating func text(_ text: String) {
        let count = text.utf8.count
        if count > DecisionRoom.longestText { suffices = false }
        bytes += count
    }

    private mutating func take(_ keys: [DecisionTrace.Key]) {
        list(keys.count)
        for key in keys {
            text(key.name)
            switch key.value {
            case .one(let value): text(value)
            case .many(let values):
                list(values.count)
                for value in values { text(value) }
            }
        }
    }

    private mutating func take(_ question: DecisionTrace.Question) {
        text(question.action)
        text(question.resource)
        take(question.keys)
        if let lists = question.lists {
            for list in [lists.bucket, lists.object] {
                self.list(list.count)
                bytes += list.count * AccessListSide.Grant.mostBytes
            }
        }
        guard let key = question.kmsKey else { return }
        take(key.context)
        list(key.grants.count)
        for grant in key.grants {
            text(grant.grantee)
            text(grant.retiringPrincipal ?? "")
            list(grant.operations.count)
            for operation in grant.operations { text(operation) }
            take(grant.contextSubset ?? [:])
            take(grant.contextEquals ?? [:])
        }
    }

    private mutating func take(_ pairs: [String: String]) {
        list(pairs.count)
        for (name, value) in pairs {
            text(name)
            text(value)
        }
    }
}
