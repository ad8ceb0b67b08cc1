import AWS
import Authorization
import Simulation

/// The options of `simulate`, most of which may be repeated, and the words beside them.
struct SimulateOptions {
    private static let valued: Set<String> = [
        "account-dump", "policy", "boundary", "session-policy", "scp", "rcp", "resource-policy", "context", "absent",
        "ignore", "management-account", "resource-account", "resource", "replace", "fail-on",
    ]
    private static let single: Set<String> = [
        "boundary", "management-account", "resource-account", "resource", "fail-on",
    ]
    private var values: [(name: String, value: String)] = []
    private(set) var words: [String] = []
    private(set) var isJSON = false

    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("--") else {
                words.append(argument)
                continue
            }
            let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1).map(String.init)
            let name = parts.first ?? ""
            if name == "json", parts.count == 1 {
                isJSON = true
                continue
            }
            guard SimulateOptions.valued.contains(name), let value = parts.count == 2 ? parts[1] : rest.popFirst(),
                parts.count == 2 || !value.hasPrefix("--")
            else {
                throw UsageError(
                    "'\(argument)' is no option of simulate, or lacks its value", "gatehouse simulate --help")
            }
            guard !SimulateOptions.single.contains(name) || self[name] == nil else {
                throw UsageError("--\(name) can be given once", "gatehouse simulate --help")
            }
            values.append((name, value))
        }
    }

    subscript(_ name: String) -> String? { values.first { $0.name == name }?.value }
    func all(_ name: String) -> [String] { values.filter { $0.name == name }.map(\.value) }

    /// An option that only another question reads would be passed over.
    func check(for question: String) throws {
        for (name, owner) in [("resource", "what-can"), ("replace", "diff"), ("fail-on", "diff")]
        where owner != question && self[name] != nil {
            throw UsageError("--\(name) is an option of \(owner)", "gatehouse simulate --help")
        }
    }

    /// `LEFT=RIGHT`, cut at the last `=`: ARNs may hold one, names of files rarely do.
    static func pair(_ text: String, of option: String) throws -> (String, String) {
        guard let cut = text.lastIndex(of: "="), cut != text.startIndex else {
            throw UsageError("--\(option) takes NAME=FILE", "gatehouse simulate --help")
        }
        return (String(text[..<cut]), String(text[text.index(after: cut)...]))
    }

    func action(_ text: String) throws -> String {
        guard text.contains(":"), !text.contains("*"), !text.contains("?") else {
            throw UsageError("'\(text)' is no action such as s3:GetObject", "gatehouse simulate --help")
        }
        return text
    }

    func estate() throws -> Estate {
        var estate = Estate()
        for file in all("account-dump") {
            do { try estate.dump.add(try TextFile.read(file)) } catch { throw SetupError("\(file): \(error)") }
        }
        do { try estate.dump.checkIsWhole() } catch { throw SetupError("\(error)") }
        estate.identity = try all("policy").map { try policy($0, as: .identity) }
        estate.boundary = try self["boundary"].map { try policy($0, as: .managed) }
        let sessions = try all("session-policy").map { try policy($0, as: .session) }
        estate.session = sessions.isEmpty ? nil : sessions
        estate.scps = try levels("scp", as: .scp)
        estate.rcps = try levels("rcp", as: .rcp)
        for text in all("resource-policy") {
            let (arn, file) = try SimulateOptions.pair(text, of: "resource-policy")
            guard !estate.resourcePolicies.contains(where: { $0.arn == arn }) else {
                throw UsageError("--resource-policy is given twice for \(arn)", "gatehouse simulate --help")
            }
            estate.resourcePolicies.append((arn: arn, text: try TextFile.read(file), name: file))
            if estate.resourcePolicy(of: arn)?.policy.policy.isBroken == true {
                throw SetupError("\(file) is no policy of this kind")
            }
        }
        for text in all("context") {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw UsageError("--context takes KEY=VALUE", "gatehouse simulate --help")
            }
            let isList = Estate.takesList(parts[0])
            estate.context.append(
                (key: parts[0], values: isList ? parts[1].split(separator: ",").map(String.init) : [parts[1]]))
        }
        estate.absentKeys = Set(all("absent").map(ConditionKey.init))
        estate.managementAccount = try account("management-account")
        estate.resourceAccount = try account("resource-account")
        for name in all("ignore") {
            guard let layer = Layer(rawValue: name), [.scp, .rcp, .resource, .boundary, .session].contains(layer) else {
                throw UsageError("--ignore takes scp, rcp, resource, boundary or session", "gatehouse simulate --help")
            }
            estate.ignored.insert(layer)
        }
        return estate
    }

    private func account(_ name: String) throws -> AccountID? {
        guard let text = self[name] else { return nil }
        guard let account = AccountID(text) else {
            throw UsageError("--\(name) takes an account id", "gatehouse simulate --help")
        }
        return account
    }

    /// A text that cannot be evaluated is told, not evaluated as a policy that denies everything.
    private func policy(_ file: String, as kind: PolicyKind) throws -> NamedPolicy {
        let compiled = CompiledPolicy(stored: try TextFile.read(file), as: kind)
        guard !compiled.isBroken else { throw SetupError("\(file) is no policy of this kind") }
        return NamedPolicy(compiled, name: file)
    }

    private func levels(_ option: String, as kind: PolicyKind) throws -> [Estate.Level]? {
        var levels: [Estate.Level] = []
        func add(_ file: String, to name: String) throws {
            let policy = try policy(file, as: kind)
            if let index = levels.firstIndex(where: { $0.name == name }) {
                levels[index].policies.append(policy)
            } else {
                levels.append(Estate.Level(name: name, policies: [policy]))
            }
        }
        for text in all(option) {
            if TextFile.isFolder(text) {
                let names = try TextFile.names(in: text)
                guard !names.isEmpty, names.allSatisfy({ TextFile.isFolder(text + "/" + $0) }) else {
                    throw SetupError("\(text) must hold one folder for each level, with its policies, and no files")
                }
                for name in names {
                    let files = try TextFile.names(in: text + "/" + name)
                    guard !files.isEmpty else { throw SetupError("\(text)/\(name) holds no policy") }
                    for file in files { try add("\(text)/\(name)/\(file)", to: name) }
                }
            } else if text.contains("=") {
                let (name, file) = try SimulateOptions.pair(text, of: option)
                try add(file, to: name)
            } else {
                try add(text, to: "root")
            }
        }
        return levels.isEmpty ? nil : levels.map { $0.besideFullAccess(kind) }
    }
}
