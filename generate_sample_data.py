"""Write the tables of a made-up company, and beside them its truth (see revkit.synth)."""

import argparse
from os.path import relpath

from revkit.synth import generate, scenarios
from revkit.synth.dirt import LEVELS
from revkit.synth.pools import locales

options = argparse.ArgumentParser(
    description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter
)
options.add_argument("--scenario", default="baseline", help=f"{', '.join(scenarios())}, or a file")
options.add_argument("--seed", type=int, default=42, help="another seed, another company")
options.add_argument("--months", type=int, default=36, help="months shown")
options.add_argument(
    "--accounts", type=int, default=argparse.SUPPRESS,
    help="companies that may buy (default: as many as the scenario needs)",
)  # fmt: skip
options.add_argument("--locale", default=None, help=f"of names: {', '.join(locales())}")
options.add_argument("--dirt", choices=list(LEVELS), default="clean", help="errors")
options.add_argument("--format", choices=["parquet", "csv"], default="parquet", help="of the files")
options.add_argument("--out", default="data/sample", help="folder")

if __name__ == "__main__":
    asked = vars(options.parse_args())
    out, format = asked.pop("out"), asked.pop("format")
    company = generate(asked.pop("scenario"), **asked)
    for name, path in company.write(out, format).items():
        rows = company.tables[name].num_rows
        print(f"{name:<20} {rows:>9,} rows {path.stat().st_size / 1000:>9,.1f} kB")
    print(f"{out}: as of {company.as_of}; what is true of it: {relpath(company.truth.write(out))}")
