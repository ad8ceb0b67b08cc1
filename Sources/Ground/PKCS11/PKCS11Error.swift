import CPKCS11
import World

/// Why a token did not do it. No case carries a secret.
public enum PKCS11Error: Error, Equatable, CustomStringConvertible {
    /// The settings are wrong: module, token or PIN. The text says what to do.
    case setup(String)
    /// The token cannot be reached, or its keys cannot be seen; a later try may succeed.
    case unavailable(String)
    /// It works, but others have all of it, or are just opening it. The text is a clause.
    case busy(String)
    /// A wrapped key that is not of this root and binding, or was changed.
    case notOurs
    /// A text that does not open.
    case unopened
    /// The token cannot do this. The text names what.
    case unsupported(String)
    /// The function said no. The code is PKCS #11's.
    case refused(function: String, code: UInt)
    /// As `refused`, where what the token did before does not work any more either.
    case lost(function: String, code: UInt)
    /// The function said that it was done, and gave a length that cannot be.
    case garbled(function: String)

    /// For operators.
    public var description: String {
        switch self {
        case .setup(let message), .unavailable(let message), .busy(let message): message
        case .notOurs: "the wrapped key is not of this token's root"
        case .unopened: "the text does not open"
        case .unsupported(let what): "the token does not support \(what)"
        case .refused(let function, let code): "\(function) answered \(PKCS11Error.name(of: code))"
        case .lost(let function, let code):
            "\(function) answered \(PKCS11Error.name(of: code)), and the token does not work"
        case .garbled(let function): "\(function) answered with a length that cannot be"
        }
    }

    /// Whether the session, the login or the token itself is gone, so that all must be opened anew.
    var isLoss: Bool {
        if isConcluded { return true }
        guard case .refused(_, let code) = self else { return false }
        switch code {
        case CKR_DEVICE_ERROR, CKR_DEVICE_REMOVED, CKR_TOKEN_NOT_PRESENT, CKR_TOKEN_NOT_RECOGNIZED, CKR_SESSION_CLOSED,
            CKR_SESSION_HANDLE_INVALID, CKR_USER_NOT_LOGGED_IN, CKR_CRYPTOKI_NOT_INITIALIZED, CKR_SLOT_ID_INVALID,
            CKR_KEY_HANDLE_INVALID, CKR_OBJECT_HANDLE_INVALID, CKR_WRAPPING_KEY_HANDLE_INVALID,
            CKR_UNWRAPPING_KEY_HANDLE_INVALID:
            return true
        default: return false
        }
    }

    /// Whether the loss is our conclusion, which the token did not tell.
    var isConcluded: Bool {
        switch self {
        case .lost, .garbled: true
        default: false
        }
    }

    /// Whether the code may stand for a lost token as well as for a request that it does not like. Codes of vendors do.
    var isAmbiguous: Bool {
        guard case .refused(_, let code) = self else { return false }
        return code >= firstVendorCode
            || [
                CKR_GENERAL_ERROR, CKR_FUNCTION_FAILED, CKR_DEVICE_MEMORY, CKR_HOST_MEMORY, CKR_OPERATION_ACTIVE,
                CKR_OPERATION_NOT_INITIALIZED, CKR_FUNCTION_CANCELED, CKR_CANT_LOCK,
                CKR_MUTEX_BAD,
            ].contains(code)
    }

    /// Whether the code can speak of nothing but the text that was to be opened.
    var isOfText: Bool {
        guard case .refused(_, let code) = self else { return false }
        return [
            CKR_ENCRYPTED_DATA_INVALID, CKR_ENCRYPTED_DATA_LEN_RANGE, GH_CKR_AEAD_DECRYPT_FAILED,
        ].contains(code)
    }

    /// A refusal of a token that does not work.
    var asLoss: PKCS11Error {
        guard case .refused(let function, let code) = self, !isLoss else { return self }
        return .lost(function: function, code: code)
    }

    /// Whether the token has no room for another session.
    var isOfRoom: Bool { if case .refused(_, CKR_SESSION_COUNT) = self { true } else { false } }

    var isAbsence: Bool { if case .unavailable = self { true } else { false } }

    /// Whether the token does not know the mechanism, its parameter, or this size of key or curve.
    public var isUnsupported: Bool {
        guard case .refused(_, let code) = self else { return false }
        return [
            CKR_MECHANISM_INVALID, CKR_MECHANISM_PARAM_INVALID, CKR_CURVE_NOT_SUPPORTED, CKR_DOMAIN_PARAMS_INVALID,
            CKR_KEY_SIZE_RANGE, CKR_FUNCTION_NOT_SUPPORTED, CKR_ARGUMENTS_BAD, CKR_KEY_NOT_WRAPPABLE,
            CKR_KEY_UNEXTRACTABLE,
        ].contains(code)
    }

    private static func name(of code: UInt) -> String {
        names[code] ?? "code 0x\(String(code, radix: 16))"
    }

    private static let names: [UInt: String] = [
        CKR_HOST_MEMORY: "CKR_HOST_MEMORY", CKR_GENERAL_ERROR: "CKR_GENERAL_ERROR",
        CKR_FUNCTION_FAILED: "CKR_FUNCTION_FAILED", CKR_ARGUMENTS_BAD: "CKR_ARGUMENTS_BAD",
        CKR_DEVICE_ERROR: "CKR_DEVICE_ERROR", CKR_DEVICE_MEMORY: "CKR_DEVICE_MEMORY",
        CKR_DEVICE_REMOVED: "CKR_DEVICE_REMOVED", CKR_TOKEN_NOT_PRESENT: "CKR_TOKEN_NOT_PRESENT",
        CKR_PIN_INCORRECT: "CKR_PIN_INCORRECT", CKR_PIN_LOCKED: "CKR_PIN_LOCKED", CKR_PIN_EXPIRED: "CKR_PIN_EXPIRED",
        CKR_SESSION_COUNT: "CKR_SESSION_COUNT", CKR_SESSION_HANDLE_INVALID: "CKR_SESSION_HANDLE_INVALID",
        CKR_USER_NOT_LOGGED_IN: "CKR_USER_NOT_LOGGED_IN", CKR_CRYPTOKI_NOT_INITIALIZED: "CKR_CRYPTOKI_NOT_INITIALIZED",
        CKR_MECHANISM_INVALID: "CKR_MECHANISM_INVALID", CKR_MECHANISM_PARAM_INVALID: "CKR_MECHANISM_PARAM_INVALID",
        CKR_TEMPLATE_INCONSISTENT: "CKR_TEMPLATE_INCONSISTENT",
        CKR_ATTRIBUTE_VALUE_INVALID: "CKR_ATTRIBUTE_VALUE_INVALID",
        CKR_KEY_FUNCTION_NOT_PERMITTED: "CKR_KEY_FUNCTION_NOT_PERMITTED",
        CKR_KEY_TYPE_INCONSISTENT: "CKR_KEY_TYPE_INCONSISTENT",
        CKR_OPERATION_ACTIVE: "CKR_OPERATION_ACTIVE", CKR_FUNCTION_CANCELED: "CKR_FUNCTION_CANCELED",
        CKR_WRAPPED_KEY_INVALID: "CKR_WRAPPED_KEY_INVALID", CKR_ENCRYPTED_DATA_INVALID: "CKR_ENCRYPTED_DATA_INVALID",
    ]
}

/// CKR_VENDOR_DEFINED: codes from here on are the vendor's.
let firstVendorCode: UInt = 0x8000_0000
/// CKR_UNWRAPPING_KEY_HANDLE_INVALID, whose name the header spells as a macro that Swift cannot read.
let CKR_UNWRAPPING_KEY_HANDLE_INVALID: UInt = 0xF0
