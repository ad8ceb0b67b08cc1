import Formats
import Glibc
import Simulation

extension SimulateCommand {
    static func whatCan(_ options: SimulateOptions) throws {
        guard options.words.count == 1 else {
            throw UsageError("what-can needs a principal", "gatehouse simulate --help")
        }
        let estate = try options.estate()
        let caller = try EstateCaller(options.words[0], in: estate)
        let found = estate.permissions(of: caller, on: options["resource"])
        guard options.isJSON else {
            var last = ""
            for item in found {
                let service = String(item.action.prefix { $0 != ":" })
                if service != last { print(service) }
                last = service
                let name = item.action.dropFirst(service.count + 1)
                print(
                    "  \(name)  [\(item.level)]  \(item.resource)\(item.isConditional ? "  (depends on context)" : "")")
            }
            return print("\(Set(found.map(\.action)).count) actions")
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("principal", caller.name)
        writer.key("permissions")
        writer.beginArray()
        for item in found {
            writer.beginObject()
            writer.member("action", item.action)
            writer.member("level", item.level)
            writer.member("resource", item.resource)
            writer.key("conditional")
            writer.bool(item.isConditional)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        print(writer.text)
    }

    static func diff(_ options: SimulateOptions) throws {
        let limit = options["fail-on"]
        guard options.words.isEmpty, !options.all("replace").isEmpty else {
            throw UsageError("diff needs --replace OLD=FILE, and no other words", "gatehouse simulate --help")
        }
        guard limit.map({ ["widen", "narrow", "any"].contains($0) }) ?? true else {
            throw UsageError("--fail-on takes widen, narrow or any", "gatehouse simulate --help")
        }
        let before = try options.estate()
        var after = before
        for replacement in options.all("replace") {
            let (old, file) = try SimulateOptions.pair(replacement, of: "replace")
            let text = try TextFile.read(file)
            let changed: Estate?
            do { changed = try after.replacing(old, with: text) } catch { throw SetupError("\(file): \(error)") }
            guard let changed else { throw SetupError("there is no policy \(old)") }
            after = changed
        }
        let changes = before.changes(to: after)
        options.isJSON ? print(json(changes)) : printText(changes)
        // Other conditions may be more or less: no gate lets them pass unseen.
        let fails = changes.contains { limit == "any" || $0.direction == .either || limit == $0.direction.rawValue }
        if limit != nil, fails { exit(4) }
    }

    private static func printText(_ changes: [PermissionChange]) {
        var last = ""
        for change in changes {
            if change.caller != last { print(change.caller) }
            last = change.caller
            let sign =
                switch change.direction {
                case .widen: "+"
                case .narrow: "-"
                case .either: "~"
                }
            let verdicts =
                change.direction == .either
                ? "under other conditions" : "\(change.before.rawValue) → \(change.after.rawValue)"
            print("  \(sign) \(change.action)  [\(change.level)]  \(change.resource)  \(verdicts)")
        }
        func count(_ direction: PermissionChange.Direction) -> Int { changes.count { $0.direction == direction } }
        let others = count(.either) == 0 ? "" : ", \(count(.either)) under other conditions"
        print("\(count(.widen)) wider, \(count(.narrow)) narrower\(others)")
    }

    private static func json(_ changes: [PermissionChange]) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("changes")
        writer.beginArray()
        for change in changes {
            writer.beginObject()
            writer.member("principal", change.caller)
            writer.member("action", change.action)
            writer.member("level", change.level)
            writer.member("resource", change.resource)
            writer.member("before", change.before.rawValue)
            writer.member("after", change.after.rawValue)
            writer.member("direction", change.direction.rawValue)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.text
    }
}
