/// One operator and key of a Condition element, its operands converted once.
/// - Source: IAM User Guide, "Conditions with multiple context keys or values"; conversions as observed at AWS.
final class CompiledCondition: Sendable {
    let key: ConditionKey
    let operation: ConditionOperator
    let operands: Operands

    /// Operands by the operator's family. A nil operand does not convert.
    enum Operands: Sendable {
        case texts([TextPattern])
        case lowercase([LowercaseOperand])
        case numbers([ExactDecimal?], ConditionOperator.Order)
        case dates([DateValue?], ConditionOperator.Order)
        case booleans([Bool])
        case binaries([String])
        case networks([IPNetwork?])
        case arns([ARNOperand])
        case null([Bool])
    }

    /// Nil if the operator is unknown; the reader has refused those already.
    init?(_ condition: PolicyCondition, variables: Bool) {
        guard let operation = ConditionOperator(condition.operatorName) else { return nil }
        self.operation = operation
        key = ConditionKey(condition.key)
        let values = condition.values
        operands =
            switch operation.test {
            case .stringEquals: .texts(values.map { TextPattern($0, variables: variables, wildcards: false) })
            case .stringLike: .texts(values.map { TextPattern($0, variables: variables, wildcards: true) })
            case .stringEqualsIgnoreCase: .lowercase(values.map { LowercaseOperand($0, variables: variables) })
            case .numeric(let order): .numbers(values.map(ExactDecimal.init), order)
            case .date(let order): .dates(values.map(DateValue.init), order)
            case .bool: .booleans(values.map(ASCII.isTrue))
            case .binary: .binaries(values)
            case .address: .networks(values.map(IPNetwork.init))
            case .arn: .arns(values.map { ARNOperand($0, variables: variables) })
            case .null: .null(values.map(ASCII.isTrue))
            }
    }

    func holds(in context: borrowing RequestContext, underDeny isDeny: Bool) -> Bool {
        let value = context.value(of: key)
        if case .null(let wanted) = operands { return wanted.contains(value == nil) }
        switch value {
        case nil: return holdsWithoutValue
        case .single(let text)?: return holds(for: text, in: context, underDeny: isDeny)
        case .multiple(let texts)?:
            switch operation.quantifier {
            case .none: return false
            case .allValues:
                for text in texts where !holds(for: text, in: context, underDeny: isDeny) { return false }
                return true
            case .anyValue:
                for text in texts where holds(for: text, in: context, underDeny: isDeny) { return true }
                return false
            }
        }
    }

    /// `ForAnyValue` with `IfExists` and no key is false: the documents disagree, and false grants less.
    private var holdsWithoutValue: Bool {
        switch operation.quantifier {
        case .none: operation.ifExists || operation.isNegated
        case .allValues: true
        case .anyValue: false
        }
    }

    /// One request value against all operands: any of them for a positive operator, none for a negated one.
    private func holds(for text: String, in context: borrowing RequestContext, underDeny isDeny: Bool) -> Bool {
        switch operands {
        case .networks(let networks):
            guard let address = IPAddress(text) else { return false }
            let readable = context.isSimulation ? networks.prefix { $0 != nil } : networks[...]
            return readable.contains { $0?.contains(address) == true } != operation.isNegated
        case .numbers(let numbers, _) where context.isSimulation && operation.isNegated:
            guard ExactDecimal(text) != nil, !numbers.contains(nil) else { return false }
            return !matches(text, in: context)
        case .arns(let operands):
            guard let matched = ARNOperand.match(operands, text, in: context) else { return isDeny }
            return matched == .notAnARN ? false : (matched == .match) != operation.isNegated
        default:
            return matches(text, in: context) != operation.isNegated
        }
    }

    private func matches(_ text: String, in context: borrowing RequestContext) -> Bool {
        switch operands {
        case .texts(let patterns):
            let utf8 = text.utf8Span
            for index in patterns.indices where patterns[index].matches(utf8.span, in: context) { return true }
            return false
        case .lowercase(let operands):
            let lowered = LowercaseText.of(text)
            for operand in operands where operand.equals(lowered, in: context) { return true }
            return false
        case .numbers(let numbers, let order):
            guard let value = ExactDecimal(text) else { return false }
            return numbers.contains { number in number.map { order.holds(value < $0, value == $0) } ?? false }
        case .dates(let dates, let order):
            guard let value = DateValue(text) else { return false }
            return dates.contains { date in date.map { order.holds(value < $0, value == $0) } ?? false }
        case .booleans(let wanted): return wanted.contains(ASCII.isTrue(text))
        case .binaries(let operands): return BinaryOperand.matches(operands, text)
        case .networks, .arns, .null: return false
        }
    }
}
