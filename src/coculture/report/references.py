"""The papers that the Methods section cites."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reference:
    """A paper as printed in a reference list, and its DOI, which may be empty."""

    text: str
    doi: str


REFERENCES = {
    "annexin": Reference(
        "Vermes I, Haanen C, Steffens-Nakken H, Reutelingsperger C. A novel assay for apoptosis. "
        "J Immunol Methods 1995;184:39-51.",
        "10.1016/0022-1759(95)00072-I",
    ),
    "fcs": Reference(
        "Spidlen J, Moore W, Parks D, et al. Data File Standard for Flow Cytometry, version FCS "
        "3.1. Cytometry A 2010;77A:97-100.",
        "10.1002/cyto.a.20825",
    ),
    "compensation": Reference(
        "Roederer M. Spectral compensation for flow cytometry: visualization artifacts, "
        "limitations, and caveats. Cytometry 2001;45:194-205.",
        "10.1002/1097-0320(20011101)45:3<194::AID-CYTO1163>3.0.CO;2-C",
    ),
    "logicle": Reference(
        "Parks DR, Roederer M, Moore WA. A new “Logicle” display method avoids deceptive effects "
        "of logarithmic scaling for low signals and compensated data. Cytometry A "
        "2006;69A:541-551.",
        "10.1002/cyto.a.20258",
    ),
    "curve": Reference(
        "Findlay JWA, Dillard RF. Appropriate calibration curve fitting in ligand binding assays. "
        "AAPS J 2007;9:E260-E267.",
        "10.1208/aapsj0902029",
    ),
    "unit": Reference(
        "Lazic SE, Clarke-Williams CJ, Munafò MR. What exactly is 'N' in cell culture and animal "
        "experiments? PLoS Biol 2018;16:e2005282.",
        "10.1371/journal.pbio.2005282",
    ),
    "welch": Reference(
        "Welch BL. The generalization of 'Student's' problem when several different population "
        "variances are involved. Biometrika 1947;34:28-35.",
        "10.1093/biomet/34.1-2.28",
    ),
    "holm": Reference(
        "Holm S. A simple sequentially rejective multiple test procedure. Scand J Stat "
        "1979;6:65-70.",
        "",
    ),
    "bliss": Reference(
        "Bliss CI. The toxicity of poisons applied jointly. Ann Appl Biol 1939;26:585-615.",
        "10.1111/j.1744-7348.1939.tb06990.x",
    ),
    "loewe": Reference(
        "Loewe S, Muischnek H. Über Kombinationswirkungen. Arch Exp Pathol Pharmakol "
        "1926;114:313-326.",
        "10.1007/BF01952257",
    ),
    "slope": Reference(
        "Hafner M, Niepel M, Chung M, Sorger PK. Growth rate inhibition metrics correct for "
        "confounders in measuring sensitivity to cancer drugs. Nat Methods 2016;13:521-527.",
        "10.1038/nmeth.3853",
    ),
    "dunnett": Reference(
        "Dunnett CW. A multiple comparison procedure for comparing several treatments with a "
        "control. J Am Stat Assoc 1955;50:1096-1121.",
        "10.1080/01621459.1955.10501294",
    ),
    "fieller": Reference(
        "Fieller EC. Some problems in interval estimation. J R Stat Soc B 1954;16:175-185.",
        "10.1111/j.2517-6161.1954.tb00159.x",
    ),
    "censored": Reference(
        "Tobin J. Estimation of relationships for limited dependent variables. Econometrica "
        "1958;26:24-36.",
        "10.2307/1907382",
    ),
    "superplot": Reference(
        "Lord SJ, Velle KB, Mullins RD, Fritz-Laylin LK. SuperPlots: communicating reproducibility "
        "and variability in cell biology. J Cell Biol 2020;219:e202001064.",
        "10.1083/jcb.202001064",
    ),
    "colours": Reference(
        "Okabe M, Ito K. Color universal design: how to make figures and presentations that are "
        "friendly to colorblind people. 2008.",
        "",
    ),
}
