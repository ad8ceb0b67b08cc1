public import Door

/// What Access Analyzer is made of.
public enum AccessAnalyzerService {
    public static func operations() -> [AnyOperation] { [.query(ValidatePolicy())] }
}
