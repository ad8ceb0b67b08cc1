import Catalogue
import Foundation
import Testing
@testable import PolicyChecks

/// Defends: every check finds what it is for, and is silent about the same policy mended.
struct CheckTests {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let code: String
        let type: String
        let resourceType: String?
        let bad: String
        let good: String
        var testDescription: String { code + " in " + bad.prefix(60) }

        func codes(_ text: String) -> [String] {
            guard let kind = PolicyUse.Kind(rawValue: type) else { return ["no such type"] }
            let use = PolicyUse(kind, resourceType: resourceType)
            let isTrap = code.hasPrefix("GATEHOUSE_")
            let findings =
                isTrap ? PolicyChecks.lint(Array(text.utf8), for: use) : PolicyChecks.findings(in: text, for: use)
            return findings.map(\.code)
        }
    }

    static let cases: [Case] = {
        let url = Bundle.module.url(forResource: "Cases/checks", withExtension: "jsonl")
        let text = url.flatMap { try? String(contentsOf: $0, encoding: .utf8) } ?? ""
        return text.split(separator: "\n").compactMap { try? JSONDecoder().decode(Case.self, from: Data($0.utf8)) }
    }()

    @Test(arguments: cases) func finds(_ one: Case) {
        #expect(one.codes(one.bad).contains(one.code), "\(one.codes(one.bad))")
        #expect(!one.codes(one.good).contains(one.code), "\(one.good)")
    }

    @Test func everyDocumentedCheckIsCovered() {
        let covered = Set(Self.cases.map(\.code))
        let documented = PolicyCheckTable.all.filter { !$0.isObsolete }.map(\.code)
        #expect(documented.count == 136)
        #expect(documented.filter { !covered.contains($0) } == [])
        #expect(Set(Check.allCases.map(\.rawValue)) == Set(documented))
        #expect(PolicyCheckTable.all.filter(\.isObsolete).count == 5)
    }

    @Test func everyTrapIsCovered() {
        let covered = Set(Self.cases.map(\.code))
        #expect(Trap.allCases.map(\.code).filter { !covered.contains($0) } == [])
    }

    /// Traps are ours: Access Analyzer's operation does not answer with codes that AWS lacks.
    @Test(arguments: cases.filter { $0.code.hasPrefix("GATEHOUSE_") }) func trapsAreNotAccessAnalyzers(_ one: Case) {
        let kind = PolicyUse.Kind(rawValue: one.type) ?? .identity
        let findings = PolicyChecks.findings(in: one.bad, for: PolicyUse(kind, resourceType: one.resourceType))
        #expect(findings.filter { $0.code.hasPrefix("GATEHOUSE_") }.isEmpty)
    }
}
