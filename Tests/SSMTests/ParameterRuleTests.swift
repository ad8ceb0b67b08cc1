import Door
import SSMAPI
import Smithy
import Testing

@testable import SSMService

/// Defends what parameters are called, what is under a path, and what a version is going to be.
@Suite struct ParameterRuleTests {
    private func check(_ name: String) throws { try ParameterNaming.check(name, arn: "arn:" + name) }

    @Test(arguments: ["a", "/a", "/a/b.c-d_e", "a.b", "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15", "xaws"])
    func goodNames(_ name: String) throws { try check(name) }

    @Test(arguments: ["", "/", "a/b", "/a/", "//a", "a b", "a:1", "\u{e9}", "aws", "SSM", "/ssm/a", "awsome"])
    func badNames(_ name: String) { #expect(throws: SSM.ValidationException.self) { try check(name) } }

    @Test func reservedAndDeepNames() {
        #expect(throws: AccessDenied.self) { try check("/Aws/x") }
        #expect(throws: SSM.HierarchyLevelLimitExceededException.self) {
            try check("/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16")
        }
    }

    @Test func whatIsUnderAPath() {
        #expect(ParameterPath.holds("/a/1", "/a", isRecursive: false))
        #expect(ParameterPath.holds("/a/1", "/a/", isRecursive: false))
        #expect(!ParameterPath.holds("/a/b/1", "/a", isRecursive: false))
        #expect(ParameterPath.holds("/a/b/1", "/a", isRecursive: true))
        #expect(
            !ParameterPath.holds("/ab", "/a", isRecursive: true) && !ParameterPath.holds("/a", "/a", isRecursive: true))
        #expect(
            ParameterPath.holds("root", "/", isRecursive: false) && ParameterPath.holds("/top", "/", isRecursive: false)
        )
        #expect(!ParameterPath.holds("/a/1", "/", isRecursive: false))
    }

    @Test func labels() {
        for label in ["prod", "a", "A.b-c_1", "xaws"] { #expect(ParameterLabel.isValid(label)) }
        for label in ["", "1st", "awsome", "SSM", "a b", "a/b", "\u{e9}"] { #expect(!ParameterLabel.isValid(label)) }
    }

    private func plan(_ value: String, tier: SSM.ParameterTier? = nil) throws -> ParameterPlan {
        try ParameterPlan(SSM.PutParameter.Input(name: "p", value: value, type: .string, tier: tier), existing: nil)
    }

    @Test func tiersByLength() throws {
        let (short, long) = (String(repeating: "x", count: 4096), String(repeating: "x", count: 8192))
        #expect(try plan(short).tier == .standard && plan(long, tier: .advanced).tier == .advanced)
        #expect(try plan(short, tier: .intelligentTiering).tier == .standard)
        #expect(try plan(short + "x", tier: .intelligentTiering).tier == .advanced)
        #expect(throws: SSM.ValidationException.self) { try plan(short + "x") }
        #expect(throws: SSM.ValidationException.self) { try plan(long + "x", tier: .advanced) }
        #expect(throws: SSM.ValidationException.self) { try plan("{{ssm:x}}") }
    }

    @Test func selectorsAreNumbersOrLabels() {
        #expect(ParameterName.Selector("3") == .version(3) && ParameterName.Selector("v3") == .label("v3"))
        #expect(ParameterName.Selector("3").text == ":3" && ParameterName.Selector("v3").text == ":v3")
    }

    /// A caller's pattern costs no more memory than its text is worth.
    @Test func hugePatternsAreRefused() {
        #expect(Pattern(untrusted: #"^\d{3}-[a-z]+$"#)?.matches("123-abc") == true)
        for source in ["(a{1000}){1000}", "((a{9}){99999}){99999}", "a{99999}", "("] {
            #expect(Pattern(untrusted: source) == nil)
        }
    }
}
