namespace FastCanary.Control;

/// <summary>What a scalar is by YAML 1.2's core schema (section 10.3.2), which JSON and JSON Schema agree with.</summary>
internal enum ScalarKind : byte
{
    Null,
    Boolean,
    Number,
    Text,
}
