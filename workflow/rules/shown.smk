# What `snakemake --report` shows: captions are in workflow/report.


def shown(path, caption, category, **labels):
    """`path` marked for the report of Snakemake; labels tell the results of a category apart."""
    named = {"result": Path(path).name, **labels}
    return report(
        path,
        caption=f"{BASE}/workflow/report/{caption}.rst",
        category=category,
        labels=named,
    )


def shown_figure(paths, caption, category, **labels):
    """The files of one figure, of which the report shows the SVG."""
    return [
        (
            shown(
                path,
                caption,
                category,
                result=Path(path).stem.replace("_", " "),
                **labels,
            )
            if path.endswith(".svg")
            else path
        )
        for path in paths
    ]
