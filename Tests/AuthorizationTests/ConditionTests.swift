import Testing

@testable import Authorization

struct ConditionTests {
    private func holds(_ name: String, _ operands: [String], _ value: ContextValue?, deny: Bool = false) throws -> Bool
    {
        var context = RequestContext()
        context.set(ConditionKey("Ck:K"), value)
        let condition = PolicyCondition(operatorName: name, key: "ck:k", values: operands)
        return try #require(CompiledCondition(condition, variables: true)).holds(in: context, underDeny: deny)
    }

    static let positive = [
        "StringEquals", "StringEqualsIgnoreCase", "StringLike", "NumericEquals", "NumericLessThan",
        "NumericLessThanEquals",
        "NumericGreaterThan", "NumericGreaterThanEquals", "DateEquals", "DateLessThan", "DateLessThanEquals",
        "DateGreaterThan", "DateGreaterThanEquals", "Bool", "BinaryEquals", "IpAddress", "ArnEquals", "ArnLike",
    ]
    static let negated = [
        "StringNotEquals", "StringNotEqualsIgnoreCase", "StringNotLike", "NumericNotEquals", "DateNotEquals",
        "NotIpAddress", "ArnNotEquals", "ArnNotLike",
    ]

    @Test(arguments: positive + negated)
    func missingKey(_ name: String) throws {
        // The table of the specification for absent keys, for every operator; an empty list is an absent key.
        for value in [nil, ContextValue.multiple([])] {
            #expect(try holds(name, ["1"], value) == ConditionTests.negated.contains(name))
            #expect(try holds(name + "IfExists", ["1"], value))
            #expect(try holds("ForAllValues:" + name, ["1"], value))
            #expect(try holds("ForAllValues:" + name + "IfExists", ["1"], value))
            #expect(try !holds("ForAnyValue:" + name, ["1"], value))
            #expect(try !holds("ForAnyValue:" + name + "IfExists", ["1"], value))
        }
    }

    @Test(arguments: positive + negated)
    func multivaluedKeyNeedsASetOperator(_ name: String) throws {
        // A list never matches a plain operator, negated or IfExists or not, even with one value.
        #expect(try !holds(name, ["1"], .multiple(["1"])))
        #expect(try !holds(name, ["1"], .multiple(["2"])))
        #expect(try !holds(name + "IfExists", ["1"], .multiple(["2"])))
    }

    @Test func setOperatorsOverSmallDomains() throws {
        // Every list of up to two values against every list of up to two operands, by the definition.
        let lists = [["a"], ["b"], ["a", "b"], ["b", "c"], ["a", "a"], ["c"], [""]]
        for values in lists {
            for operands in lists {
                let some = values.contains { operands.contains($0) }
                let all = values.allSatisfy { operands.contains($0) }
                #expect(try holds("ForAnyValue:StringEquals", operands, .multiple(values)) == some)
                #expect(try holds("ForAllValues:StringEquals", operands, .multiple(values)) == all)
                #expect(try holds("ForAnyValue:StringNotEquals", operands, .multiple(values)) == !all)
                #expect(try holds("ForAllValues:StringNotEquals", operands, .multiple(values)) == !some)
                if values.count == 1 {
                    #expect(try holds("StringEquals", operands, .single(values[0])) == some)
                    #expect(try holds("StringNotEquals", operands, .single(values[0])) == !some)
                    #expect(try holds("ForAnyValue:StringNotEquals", operands, .single(values[0])) == !some)
                }
            }
        }
    }

    @Test func numbersCompareExactly() throws {
        // Against Double where Double is exact, and beyond it.
        let texts = [
            "-2", "-1.5", "-1", "-0.01", "0", "-0", "0.0", "00", "0.001", "1", "01", "+1", "1.", "1.0", "1e0", "10e-1",
            ".5", "5E-1", "2", "10", "1e1", "100", "99.9",
        ]
        for left in texts {
            for right in texts {
                let l = try #require(Double(left.hasSuffix(".") ? left + "0" : left))
                let r = try #require(Double(right.hasSuffix(".") ? right + "0" : right))
                #expect(try holds("NumericEquals", [right], .single(left)) == (l == r), "\(left) \(right)")
                #expect(try holds("NumericNotEquals", [right], .single(left)) == (l != r), "\(left) \(right)")
                #expect(try holds("NumericLessThan", [right], .single(left)) == (l < r), "\(left) \(right)")
                #expect(try holds("NumericLessThanEquals", [right], .single(left)) == (l <= r), "\(left) \(right)")
                #expect(try holds("NumericGreaterThan", [right], .single(left)) == (l > r), "\(left) \(right)")
                #expect(try holds("NumericGreaterThanEquals", [right], .single(left)) == (l >= r), "\(left) \(right)")
            }
        }
        #expect(try !holds("NumericEquals", ["9007199254740993"], .single("9007199254740992")))
        #expect(try holds("NumericGreaterThan", ["1e400"], .single("1.0000000000000000000001e400")))
        for text in ["", " 1", "1 ", "NaN", "Infinity", "0x1", "1e", "1e+", "e1", ".", "+", "--1", "1,0", "１"] {
            #expect(try !holds("NumericEquals", ["1"], .single(text)), "\(text)")
            #expect(try holds("NumericNotEquals", ["1"], .single(text)), "\(text)")
            #expect(try !holds("NumericLessThanEquals", ["1"], .single(text)), "\(text)")
        }
    }

    @Test(arguments: [
        ("2030-01-01T00:00:00Z", true), ("2030-01-01", true), ("1893456000", true), ("+1893456000", true),
        ("2030-01-01T01:00:00+01:00", true), ("2029-12-31T23:00:00-0100", true), ("2030-01-01T00:00:00.0009Z", true),
        ("2030-01-01T00:00:00.001Z", false), ("2030-01-01T00:00", true), ("2030-01-01T24:00:00Z", false),
        ("2030-13-01", false),
        ("2030-02-30", false), ("", false), ("now", false), ("2030-01-01 00:00:00", false),
        ("2030-01-01T00:00:00ZZ", false),
    ])
    func dates(_ text: String, _ expected: Bool) throws {
        // The forms that are one instant; what does not convert is unequal and nothing else.
        #expect(try holds("DateEquals", ["2030-01-01T00:00:00Z"], .single(text)) == expected)
        #expect(try holds("DateNotEquals", ["2030-01-01T00:00:00Z"], .single(text)) != expected)
    }

    @Test(arguments: [
        ("192.0.2.0/24", "192.0.2.7", true, true), ("192.0.2.9/24", "192.0.2.7", true, true),
        ("192.0.2.0/24", "192.0.3.7", false, true),
        ("0.0.0.0/0", "255.255.255.255", true, true), ("0.0.0.0/0", "::1", false, true),
        ("::/0", "1.2.3.4", false, true),
        ("::/0", "fe80::1", true, true), ("2001:db8::/32", "2001:DB8::1", true, true),
        ("2001:db8::5/64", "2001:db8::5", false, true),
        ("2001:db8::5", "2001:db8:0:0:0:0:0:5", true, true), ("192.0.2.0/24", "::ffff:192.0.2.1", true, true),
        ("::ffff:192.0.2.0/120", "192.0.2.1", false, true), ("192.0.2.0/33", "192.0.2.0", false, true),
        ("nonsense", "192.0.2.0", false, true),
        ("192.0.2.0/24", "192.0.2.1/32", false, false), ("192.0.2.0/24", "", false, false),
        ("192.0.2.0/24", "192.0.2.256", false, false),
        ("192.0.2.0/24", "192.0.2", false, false), ("::/0", "1:2:3:4:5:6:7:8:9", false, false),
        ("::/0", ":::", false, false),
        ("::/0", "1::2::3", false, false), ("::/0", "12345::", false, false), ("010.0.0.1", "10.0.0.1", true, true),
    ])
    func addresses(_ network: String, _ address: String, _ inside: Bool, _ readable: Bool) throws {
        // IPv4 kindly, IPv6 strictly; an unreadable address makes both operators false.
        #expect(try holds("IpAddress", [network], .single(address)) == inside)
        #expect(try holds("NotIpAddress", [network], .single(address)) == (readable && !inside))
    }

    @Test func operandsThatAreNoARN() throws {
        // They match under Deny and not under Allow, unless a match came before.
        let user = "arn:aws:iam::123456789012:user/test"
        for name in ["ArnLike", "ArnNotLike"] {
            for deny in [false, true] {
                #expect(try holds(name, ["no"], .single(user), deny: deny) == deny)
                #expect(try holds(name, ["arn:aws:iam::*:role/*", "no"], .single(user), deny: deny) == deny)
                #expect(
                    try holds(name, ["arn:aws:iam::*:user/*", "no"], .single(user), deny: deny) == (name == "ArnLike"))
                #expect(try !holds(name, ["no"], .single("no"), deny: deny))
            }
        }
    }

    @Test(arguments: [
        ("PROD", "prod", true), ("K", "\u{212A}", true), ("ß", "ẞ", true), ("ß", "SS", false), ("ΟΣ", "ος", true),
        ("ΟΣ", "οσ", false),
        ("ΟΣΑ", "οσα", true), ("Σ", "ς", false), ("Σ", "σ", true), ("s", "ſ", false), ("I", "ı", false),
        ("i", "İ", false), ("É", "é", true),
        ("e\u{301}", "é", false),
    ])
    func ignoringCase(_ operand: String, _ value: String, _ expected: Bool) throws {
        // Lower-casing with the final sigma, no folding, no normalisation.
        #expect(try holds("StringEqualsIgnoreCase", [operand], .single(value)) == expected)
        #expect(try holds("StringNotEqualsIgnoreCase", [operand], .single(value)) != expected)
    }

    @Test func canonicalEquivalentsDiffer() throws {
        // Texts are code points, although Swift's own == would equate these.
        #expect(try !holds("StringEquals", ["e\u{301}"], .single("é")))
        #expect(try !holds("StringLike", ["e\u{301}*"], .single("é")))
    }

    @Test(arguments: [
        "stringequals", "StringEquals ", "ForAllValues:", "ForAllValues:Null", "NullIfExists",
        "ForAnyValue:ForAnyValue:Bool", "IfExists", "BinaryNotEquals", "",
    ])
    func unknownOperators(_ name: String) {
        // What AWS does not know is no operator.
        #expect(ConditionOperator(name) == nil)
    }

    @Test func simulationDiffersInTwoPlaces() throws {
        // What AWS's simulator answers, where the real evaluation answers otherwise.
        var context = RequestContext()
        context.set("n", "abc")
        context.set("ip", "192.0.2.1")
        let cases: [(String, String, [String], Bool, Bool)] = [
            ("NumericNotEquals", "n", ["1"], true, false), ("NumericEquals", "n", ["1"], false, false),
            ("IpAddress", "ip", ["x", "192.0.2.1"], true, false),
            ("NotIpAddress", "ip", ["x", "192.0.2.1"], false, true),
            ("IpAddress", "ip", ["192.0.2.1", "x"], true, true),
        ]
        for (name, key, operands, real, simulated) in cases {
            let element = PolicyCondition(operatorName: name, key: key, values: operands)
            let condition = try #require(CompiledCondition(element, variables: true))
            context.isSimulation = false
            #expect(condition.holds(in: context, underDeny: false) == real)
            context.isSimulation = true
            #expect(condition.holds(in: context, underDeny: false) == simulated)
        }
    }

    @Test func keysIgnoreCaseBeyondASCII() {
        // Tag keys are part of the name, and two that differ in case are one key.
        var context = RequestContext()
        context.set("aws:RequestTag/\u{C9}t\u{E9}", "a")
        context.set("AWS:requesttag/\u{E9}T\u{C9}", "b")
        #expect(context.keys.count == 1)
        #expect(context.value(of: ConditionKey("aws:RequestTag/\u{E9}t\u{E9}")) == .single("b"))
    }
}
