import AWS
import Door
import Smithy
import Storage

/// What one service does of what AWS's does.
struct ServiceCoverage {
    let model: ServiceModel
    let operations: [OperationCoverage]
    /// Known to the model and answered with an error of the service.
    let missing: [String]

    init(_ model: ServiceModel, _ honoured: [AnyOperation], _ facts: RequestFacts, _ snapshot: borrowing Snapshot) {
        self.model = model
        var covered: [OperationCoverage] = []
        for operation in honoured.sorted(by: { $0.model.name < $1.model.name }) {
            covered.append(OperationCoverage(operation, facts, snapshot))
        }
        operations = covered
        let names = Set(honoured.map(\.model.name))
        missing = model.operations.map(\.name).filter { !names.contains($0) }
    }
}

/// What one operation asks of the policies, found by asking it.
struct OperationCoverage {
    let name: String
    let refusedMembers: [String]
    /// Actions with a resource each, in the order they are asked.
    let asks: [String]
    /// Asked only where optional members are given.
    let sometimes: [String]
    /// Asked, but only to choose between two refusals.
    let hints: [String]
    /// How the questions differ from what AWS publishes of their actions.
    let faults: [String]
    /// Why no policy is asked; nil where one is.
    let ungated: String?

    init(_ operation: AnyOperation, _ facts: RequestFacts, _ snapshot: borrowing Snapshot) {
        (name, refusedMembers) = (operation.model.name, operation.refusedMembers)
        // Members that exclude each other make a sample with all of them useless: then each alone must tell.
        let given: [SampleMembers] = [.none, .all] + operation.optionalMembers.map { .one($0) }
        var samples: [Access?] = []
        for members in given { samples.append(try? operation.rehearsed(facts, in: snapshot, with: members)) }
        let always = samples[0] ?? samples[1]
        asks = always.map(\.asked) ?? []
        var known = Set(always.map(\.actions) ?? [])
        var others: [String] = []
        for sample in samples.compactMap(\.self) {
            let added = zip(sample.actions, sample.asked).filter { !known.contains($0.0) }
            others += added.map(\.1)
            known.formUnion(added.map(\.0))
        }
        sometimes = others
        hints = always.map(\.hinted) ?? []
        faults = Set(samples.flatMap { $0?.faults ?? [] }).sorted()
        if case .signedIn(let reason)? = always { ungated = reason.description } else { ungated = nil }
    }
}

extension Access {
    fileprivate var actions: [String] { questions.map(\.action.description) }
    fileprivate var faults: [String] {
        var asks = questions
        asks += extra
        return asks.flatMap(ReferenceCheck.faults)
    }
    fileprivate var asked: [String] { questions.map(\.words) }

    fileprivate var hinted: [String] { extra.map(\.words) }

    /// What refuses nothing.
    private var extra: [Ask] {
        switch self {
        case .hinted(_, let hint): [hint]
        case .noted(_, let hints): hints
        case .ask, .each, .signedIn: []
        }
    }

    private var questions: [Ask] {
        switch self {
        case .ask(let asks), .each(let asks), .hinted(let asks, _): asks
        case .noted(let ask, _): [ask]
        case .signedIn: []
        }
    }
}

extension Ask {
    /// `iam:CreateUser` on `arn:aws:iam::111122223333:user/sample`
    fileprivate var words: String { "`\(action)` on `\(resource)`" }
}
