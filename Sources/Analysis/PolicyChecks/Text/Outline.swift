/// A text of a policy and where it stands.
struct PlacedText {
    let text: String
    let place: Place
}

/// An element that is a text or a list of texts, such as `Action`.
struct TextList {
    /// The element's name, such as `NotAction`, at its key.
    let name: PlacedText
    /// What stands under the name.
    let place: Place
    let entries: [PlacedText]
    let isArray: Bool

    /// True for `NotAction`, `NotResource`.
    var isNegated: Bool { name.text.hasPrefix("Not") }
    var isEmptyArray: Bool { isArray && entries.isEmpty }
}

/// A `Principal` or `NotPrincipal`.
struct PrincipalOutline {
    /// One kind of principals, such as `AWS`, with those it lists.
    struct Group {
        let kind: PlacedText
        let place: Place
        let entries: [PlacedText]
        let isArray: Bool
    }

    let name: PlacedText
    let place: Place
    /// True for the bare text `"*"`.
    let isBareStar: Bool
    let groups: [Group]

    var isNegated: Bool { name.text == "NotPrincipal" }

    func entries(_ kind: String) -> [PlacedText] { groups.filter { $0.kind.text == kind }.flatMap(\.entries) }
    /// True where everyone is named.
    var isEveryone: Bool { isBareStar || entries("AWS").contains { $0.text == "*" } }
}

/// One key under one operator.
struct ConditionOutline {
    /// One operand as JSON has it.
    struct Operand {
        let text: String
        /// Whether JSON calls it a string, a number or a boolean.
        let kind: String
        let place: Place
    }

    let operatorName: PlacedText
    let key: PlacedText
    /// What stands under the key.
    let place: Place
    let operands: [Operand]
    let isArray: Bool
    let operation: OperatorName

    /// The key as it is compared: in lower case.
    var keyName: String { key.text.lowercased() }
}

/// One statement, as far as it can be understood.
struct StatementOutline {
    let index: Int
    let place: Place
    var sid: PlacedText?
    var effect: PlacedText?
    var hasEffect = false
    /// `Action` or `NotAction`; both in a faulty statement.
    var actions: [TextList] = []
    var resources: [TextList] = []
    var principals: [PrincipalOutline] = []
    var conditions: [ConditionOutline] = []
    /// The elements `Condition` and its operators that are empty objects.
    var emptyConditions: [Place] = []

    var isAllow: Bool { effect?.text == "Allow" }
    var isDeny: Bool { effect?.text == "Deny" }
    /// The one element of actions, where there is exactly one.
    var action: TextList? { actions.count == 1 ? actions[0] : nil }
    var resource: TextList? { resources.count == 1 ? resources[0] : nil }
    var principal: PrincipalOutline? { principals.count == 1 ? principals[0] : nil }

    func conditions(on key: String) -> [ConditionOutline] { conditions.filter { $0.keyName == key.lowercased() } }
    func hasCondition(on keys: [String]) -> Bool {
        conditions.contains { condition in keys.contains { $0.lowercased() == condition.keyName } }
    }
}

/// A document, as far as it can be understood.
struct PolicyOutline {
    let root: TextNode
    let place: Place
    var version: PlacedText?
    var hasVersion = false
    var hasStatement = false
    var statements: [StatementOutline] = []

    /// Whether `${…}` stands for values.
    var hasVariables: Bool { version?.text == "2012-10-17" }
}
