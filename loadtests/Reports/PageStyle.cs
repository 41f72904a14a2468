namespace FastCanary.LoadTests.Reports;

/// <summary>How the page looks: light or dark as the reader's system is, light on paper. The lines' colours are told apart by people who see few of them.</summary>
internal static class PageStyle
{
    /// <summary>Without any of <c>&lt; &gt; &amp;</c>, which HTML and XML read differently in a style.</summary>
    public const string Css = """
        :root {
          color-scheme: light dark;
          --text: #1f2328; --faint: #59636e; --page: #ffffff; --box: #f6f8fa; --edge: #d1d9e0; --grid: #e4e8ec;
          --good: #116329; --bad: #b3131f; --skip: #7a5200;
          --c0: #0065b3; --c1: #cf4500; --c2: #00835f; --c3: #a63d86; --c4: #8a6a00; --c5: #2e9fd0; --c6: #30363d; --c7: #7d8793;
        }
        @media screen and (prefers-color-scheme: dark) {
          :root {
            --text: #e6edf3; --faint: #9da7b3; --page: #0d1117; --box: #161b22; --edge: #30363d; --grid: #242b33;
            --good: #56d364; --bad: #ff8178; --skip: #e3b341;
            --c0: #58b0f2; --c1: #ff8a4d; --c2: #2fd1a0; --c3: #e58fc8; --c4: #e8cf4a; --c5: #9fdcff; --c6: #f0f3f6; --c7: #8f99a5;
          }
        }
        * { box-sizing: border-box; }
        body { margin: 0 auto; max-width: 76rem; padding: 1rem 1.25rem 3rem; background: var(--page); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
        h1 { font-size: 1.7rem; margin: .5rem 0 0; }
        h2 { font-size: 1.3rem; margin: 2.5rem 0 .25rem; padding-top: .75rem; border-top: 1px solid var(--edge); }
        p { margin: .25rem 0 .75rem; }
        a { color: var(--c0); }
        .passed { color: var(--good); } .failed { color: var(--bad); } .skipped { color: var(--skip); }
        strong.passed, strong.failed, strong.skipped, td.failed { font-weight: 600; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: 1rem 0; font-size: .9rem; }
        dt { color: var(--faint); } dd { margin: 0; }
        .scroll { overflow-x: auto; margin: 1rem 0; }
        table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
        .wide { min-width: 46rem; } .wider { min-width: 64rem; }
        caption { text-align: left; font-weight: 600; padding: .2rem 0; }
        th, td { padding: .25rem .6rem; text-align: left; vertical-align: top; text-wrap: balance; border-bottom: 1px solid var(--edge); }
        thead th { color: var(--faint); font-weight: 500; white-space: nowrap; background: var(--box); }
        tbody th { font-weight: 500; min-width: 5.5rem; }
        .figure { text-align: right; white-space: nowrap; }
        pre { padding: .75rem; background: var(--box); border: 1px solid var(--edge); border-radius: 6px; overflow-x: auto; font-size: .8rem; line-height: 1.4; overflow-wrap: normal; }
        code { font-family: ui-monospace, monospace; font-size: .875em; }
        summary { cursor: pointer; }
        .plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1.25rem; margin: 1rem 0; }
        figure { margin: 0; min-width: 0; max-width: 44rem; break-inside: avoid; }
        figcaption { font-size: .9rem; margin-bottom: .4rem; }
        .legend { display: flex; flex-wrap: wrap; gap: 0 1rem; margin: .1rem 0; padding: 0; list-style: none; font-size: .85rem; color: var(--faint); }
        .key { width: 28px; height: 8px; margin-right: .35rem; vertical-align: middle; }
        figure svg { overflow: visible; }
        figure svg:not(.key) { display: block; width: 100%; height: auto; }
        svg text { fill: var(--text); font-size: 13px; }
        svg .axis { fill: var(--faint); }
        .grid { stroke: var(--grid); } .ruler { stroke: var(--faint); } .mark { stroke: var(--faint); stroke-dasharray: 2 3; }
        .line { fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linejoin: round; stroke-linecap: round; }
        .c0 { color: var(--c0); } .c1 { color: var(--c1); } .c2 { color: var(--c2); } .c3 { color: var(--c3); }
        .c4 { color: var(--c4); } .c5 { color: var(--c5); } .c6 { color: var(--c6); } .c7 { color: var(--c7); }
        .c4, .c5, .c6, .c7 { stroke-dasharray: 8 4; }
        .dotted { stroke-dasharray: 1 5; stroke-width: 2.5; }
        .band { fill: currentColor; stroke: currentColor; stroke-dasharray: none; stroke-width: .8; stroke-opacity: .85; fill-opacity: .2; }
        .key-band { stroke-width: 7; stroke-opacity: .25; stroke-linecap: butt; }
        .intended { stroke-width: 7; stroke-opacity: .3; stroke-linecap: butt; stroke-dasharray: none; }
        @media (max-width: 34rem) { svg text { font-size: 16px; } }
        @media print { body { max-width: none; padding: 0; font-size: 10pt; } h2 { break-after: avoid; } .scroll { overflow: visible; } .wide, .wider { min-width: 0; } table { font-size: 7.5pt; } th, td { padding: .15rem .3rem; } }
        """;
}
