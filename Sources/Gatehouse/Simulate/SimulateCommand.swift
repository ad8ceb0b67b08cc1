import Authorization
import Formats
import Glibc
import Simulation

/// `gatehouse simulate`: answers questions about policies offline, by the engine that decides in the server.
enum SimulateCommand {
    static let help = """
        Answers questions about policies, from files and without a server.

        Usage: gatehouse simulate QUESTION [OPTIONS]

          can PRINCIPAL ACTION RESOURCE...   one verdict for each resource, with the layer and the statement that decided
          who-can ACTION RESOURCE            the principals that may, and under which conditions
          what-can PRINCIPAL                 the actions somebody can do, on which resources (--resource ARN: on that one)
          diff --replace OLD=FILE            what changes if FILE takes the place of the policy OLD
          test FILE                          runs cases with expected verdicts

        PRINCIPAL is an ARN of a user, role, role session or root, a name of the dump (alice, role/admin), a service
        (cloudtrail.amazonaws.com) or anonymous.

          --account-dump FILE        output of aws iam get-account-authorization-details; may be repeated
          --policy FILE              an identity policy of whoever is asked about; may be repeated
          --boundary FILE            a permissions boundary in place of the dump's
          --session-policy FILE      a session policy; may be repeated
          --scp [LEVEL=]FILE|DIR     service control policies; levels from the root down, in the order given. The folders of
                                     DIR, in order, are levels. A level of denies alone stands beside FullAWSAccess
          --rcp [LEVEL=]FILE|DIR     resource control policies, beside RCPFullAWSAccess
          --resource-policy ARN=FILE a bucket, key or trust policy; may be repeated
          --context KEY=VALUE[,...]  a condition key; several values make a list where the key is one
          --absent KEY               a condition key that is known not to be there
          --ignore LAYER             leave out scp, rcp, resource, boundary or session
          --management-account ID    the organization's; its principals are under no SCP
          --resource-account ID      who owns resources whose ARN names no account
          --resource ARN             of what-can
          --replace OLD=FILE         of diff: a managed policy by ARN or name, an inline one by name, an SCP by its file
          --fail-on widen|narrow|any of diff: exit 4 if somebody can do more, less, or either; what hangs
                                     on other conditions than before counts as both
          --json                     print one JSON object

        A call is direct and over TLS unless --context says otherwise. Keys that are not given are absent to can and test;
        who-can, what-can and diff tell what depends on them.

        Exit status: 0 allowed, or done; 3 denied, of can; 1 failed cases, of test; 4 of diff; 2 wrong usage or input.

        Examples:
          gatehouse simulate can alice s3:GetObject arn:aws:s3:::books/1 --account-dump dump.json --scp root=deny.json
          gatehouse simulate who-can kms:Decrypt arn:aws:kms:us-east-1:111122223333:key/1 --account-dump dump.json
          gatehouse simulate diff --account-dump dump.json --replace Readers=new.json --fail-on widen
        """

    static func run(_ arguments: [String]) throws {
        guard let question = arguments.first, !arguments.contains("--help"), !arguments.contains("-h") else {
            return print(help)
        }
        do {
            let options = try SimulateOptions(Array(arguments.dropFirst()))
            try options.check(for: question)
            switch question {
            case "can": try can(options)
            case "who-can": try whoCan(options)
            case "what-can": try whatCan(options)
            case "diff": try diff(options)
            case "test": try test(options)
            default: throw UsageError("simulate answers no question '\(question)'", "gatehouse simulate --help")
            }
        } catch let error as UsageError { throw error } catch {
            CommandLineTool.stop("gatehouse: \(error)", status: 2)
        }
    }

    private static func can(_ options: SimulateOptions) throws {
        guard options.words.count >= 3 else {
            throw UsageError("can needs a principal, an action and a resource", "gatehouse simulate --help")
        }
        let estate = try options.estate()
        let caller = try EstateCaller(options.words[0], in: estate)
        let action = try options.action(options.words[1])
        let verdicts = options.words[2...].map { ($0, estate.verdict(caller, action, on: $0)) }
        let isAllowed = verdicts.allSatisfy { $0.1.decision.isAllowed }
        if options.isJSON {
            var writer = JSONWriter()
            writer.beginObject()
            writer.member("principal", caller.name)
            writer.member("action", action)
            writer.key("allowed")
            writer.bool(isAllowed)
            writer.key("verdicts")
            writer.beginArray()
            for (resource, verdict) in verdicts { verdict.write(&writer, ["resource": resource]) }
            writer.endArray()
            writer.endObject()
            print(writer.text)
        } else {
            for (resource, verdict) in verdicts {
                print("\(verdict.decision.outcome.rawValue)  \(resource)  \(verdict.reason)")
                for line in verdict.openLines { print("    " + line) }
            }
        }
        if !isAllowed { exit(3) }
    }

    private static func whoCan(_ options: SimulateOptions) throws {
        guard options.words.count == 2 else {
            throw UsageError("who-can needs an action and a resource", "gatehouse simulate --help")
        }
        let found = try options.estate().whoCan(try options.action(options.words[0]), on: options.words[1])
        guard options.isJSON else {
            for item in found {
                let note = item.note.map { ", \($0)" } ?? ""
                print("\(item.verdict.certainty == .allowed ? "may" : "may, depending")  \(item.caller)\(note)")
                for line in item.verdict.openLines { print("    " + line) }
            }
            return print(found.isEmpty ? "nobody" : "\(found.count) in all")
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("principals")
        writer.beginArray()
        for item in found {
            item.verdict.write(
                &writer, ["principal": item.caller].merging(item.note.map { ["note": $0] } ?? [:]) { $1 })
        }
        writer.endArray()
        writer.endObject()
        print(writer.text)
    }

    private static func test(_ options: SimulateOptions) throws {
        guard options.words.count == 1 else { throw UsageError("test needs one file", "gatehouse simulate --help") }
        let (file, text) = (options.words[0], try TextFile.read(options.words[0]))
        let cases: [SimulationCase]
        do { cases = try SimulationCase.read(text) } catch { throw SetupError("\(file): \(error)") }
        let estate = try options.estate()
        var failures: [(SimulationCase, String)] = []
        for item in cases {
            if let got = try item.failure(in: estate) { failures.append((item, got)) }
        }
        if options.isJSON {
            var writer = JSONWriter()
            writer.beginObject()
            writer.key("cases")
            writer.integer(cases.count)
            writer.key("failures")
            writer.beginArray()
            for (item, got) in failures {
                writer.beginObject()
                writer.member("name", item.name)
                writer.member("expected", item.expect)
                writer.member("got", got)
                writer.endObject()
            }
            writer.endArray()
            writer.endObject()
            print(writer.text)
        } else {
            for (item, got) in failures { print("FAILED  \(item.name): expected \(item.expect), got \(got)") }
            print("\(cases.count) cases, \(failures.count) failed")
        }
        if !failures.isEmpty { exit(1) }
    }
}

extension Verdict {
    /// What it depends on, one line a statement.
    var openLines: [String] {
        open.map { statement in
            let conditions = statement.conditions.map { condition in
                "\(condition.operatorName) \(condition.key) \(condition.values.joined(separator: " or "))"
            }
            let all = conditions + statement.resources.map { "resource \($0)" }
            let place = "\(statement.policyName), statement \(statement.index.statement + 1)"
            return (statement.isDeny ? "unless " : "if ") + all.joined(separator: " and ") + "  (\(place))"
        }
    }

    func write(_ writer: inout JSONWriter, _ more: [String: String]) {
        writer.beginObject()
        for (key, value) in more.sorted(by: { $0.key < $1.key }) { writer.member(key, value) }
        writer.member("decision", decision.outcome.rawValue)
        writer.member("layer", decision.layer.rawValue)
        writer.member("reason", reason)
        writer.member("certainty", certainty.rawValue)
        writer.key("dependsOn")
        writer.beginArray()
        for line in openLines { writer.string(line) }
        writer.endArray()
        writer.endObject()
    }
}
