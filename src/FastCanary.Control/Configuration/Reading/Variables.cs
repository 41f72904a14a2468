using System.Text;

namespace FastCanary.Control;

/// <summary>
/// Replaces <c>${NAME}</c> and <c>${NAME:-default}</c> in a scalar. The default stands in for a variable that is unset or empty, as in a shell;
/// it reaches to the first closing brace. <c>$${</c> is a literal <c>${</c>; any other dollar sign stands for itself. What is put in is not looked at again.
/// </summary>
internal static class Variables
{
    /// <summary>The scalar with its variables replaced, or null and the reason.</summary>
    /// <param name="text">The scalar's.</param>
    /// <param name="environment">Gives a variable's value, or null if it is not set.</param>
    /// <param name="error">The reason; null where there is none.</param>
    /// <param name="shown">What the reason calls the scalar; null: by its text.</param>
    public static string? Replace(string text, Func<string, string?> environment, out string? error, string? shown = null)
    {
        error = null;
        var replaced = new StringBuilder();
        int from = 0;
        while (true)
        {
            int open = text.IndexOf("${", from, StringComparison.Ordinal);
            if (open < 0)
                return replaced.Append(text, from, text.Length - from).ToString();
            if (open > from && text[open - 1] == '$')
            {
                replaced.Append(text, from, open - 1 - from).Append("${");
                from = open + 2;
                continue;
            }
            replaced.Append(text, from, open - from);
            int close = text.IndexOf('}', open);
            string inside = close < 0 ? "" : text[(open + 2)..close];
            int colon = inside.IndexOf(":-", StringComparison.Ordinal);
            string name = colon < 0 ? inside : inside[..colon];
            if (!IsName(name))
            {
                error = $"{shown ?? ScalarNode.Quote(text)} holds no variable's name behind \"${{\"; write ${{NAME}}, ${{NAME:-default}}, or $${{ for a literal ${{";
                return null;
            }
            string? value = environment(name);
            if (string.IsNullOrEmpty(value) && colon >= 0)
                value = inside[(colon + 2)..];
            if (value is null)
            {
                error = $"the environment variable {name} is not set; set it, or give a default: ${{{name}:-default}}";
                return null;
            }
            replaced.Append(value);
            from = close + 1;
        }
    }

    private static bool IsName(string name)
    {
        if (name.Length == 0 || char.IsAsciiDigit(name[0]))
            return false;
        foreach (char character in name)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character != '_')
                return false;
        }
        return true;
    }
}
