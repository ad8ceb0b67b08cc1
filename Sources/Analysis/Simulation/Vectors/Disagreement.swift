public import Authorization
import Formats

/// What a vector wants and what came instead.
public struct Disagreement: Sendable, Equatable {
    /// What the vector wants.
    public let expected: String
    /// What came.
    public let got: String
    /// What decided, or where the fault lies; empty where there is nothing to say.
    public let reason: String
}

extension Vector.Content {
    /// Nil where the engine and the vector agree.
    /// - Parameter comparesLayers: whether the layer is compared too, where the vector names one.
    public func disagreement(comparesLayers: Bool) -> Disagreement? {
        switch self {
        case .decision(let vector): vector.disagreement(comparesLayers)
        case .document(let vector): vector.disagreement
        }
    }
}

extension DecisionVector {
    fileprivate func disagreement(_ comparesLayers: Bool) -> Disagreement? {
        let decision = decide(question, under: policies, in: context)
        let layer = comparesLayers ? by : nil
        guard decision.outcome.rawValue != self.decision || layer != nil && layer != decision.layer.rawValue else {
            return nil
        }
        return Disagreement(
            expected: self.decision + (layer.map { " by \($0)" } ?? ""),
            got: decision.outcome.rawValue + (comparesLayers ? " by \(decision.layer.rawValue)" : ""),
            reason: decision.place(in: policies))
    }
}

extension DocumentVector {
    fileprivate var disagreement: Disagreement? {
        do throws(PolicyError) {
            _ = try PolicyParser.parse(document, as: kind)
            return isValid ? nil : Disagreement(expected: wanted, got: "accepted", reason: "")
        } catch {
            let isAsWanted =
                !isValid && (code ?? error.code) == error.code && (message ?? error.message) == error.message
            guard !isAsWanted else { return nil }
            let place = error.offset.map { TextPosition(offset: $0, in: document) }
            return Disagreement(
                expected: wanted, got: "\(error.code): \(error.message)",
                reason: place.map { "line \($0.line), column \($0.column)" } ?? "")
        }
    }

    private var wanted: String {
        guard !isValid else { return "accepted" }
        return [code ?? "refused", message].compactMap { $0 }.joined(separator: ": ")
    }
}

extension Decision {
    /// What decided, for people: `identity 1, statement 2 (Sid DenyAll)`, or the layer where an allow is missing.
    public func place(in policies: PolicySet) -> String {
        guard let index = statement else {
            return outcome == .allowed ? "allowed by \(layer.rawValue)" : "no allow in \(layer.rawValue)"
        }
        let levels = policies.levels(of: layer == .both ? .identity : layer)
        guard levels.indices.contains(Int(index.level)), levels[Int(index.level)].indices.contains(Int(index.policy))
        else {
            return layer.rawValue
        }
        let named = levels[Int(index.level)][Int(index.policy)]
        let name = named.name.isEmpty ? "\(layer.rawValue) policy \(index.policy + 1)" : named.name
        guard index.statement >= 0 else { return "\(name), which cannot be read and so denies" }
        let statements = named.policy.document.statements
        let sid =
            statements.indices.contains(Int(index.statement)) ? statements[Int(index.statement)].sid : nil
        return "\(name), statement \(index.statement + 1)" + (sid.map { " (Sid \($0))" } ?? "")
    }
}
