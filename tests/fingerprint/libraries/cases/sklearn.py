"""Values of scikit-learn."""

from __future__ import annotations

from tests.fingerprint.libraries.rows import pairs, values

NEEDS = ("numpy", "sklearn")

DIFFER = pairs(
    "sklearn",
    NEEDS,
    [
        ("parameter", "v = LinearRegression()", "v = LinearRegression(fit_intercept=False)"),
        ("fitted", "v = LinearRegression()", "v = LinearRegression().fit([[1], [2]], [1, 2])", "hasattr(v, 'coef_')"),
        (
            "coefficients",
            "v = LinearRegression().fit([[1], [2]], [1, 2])",
            "v = LinearRegression().fit([[1], [2]], [1, 3])",
            "v.coef_",
        ),
        ("step", "v = make_pipeline(StandardScaler())", "v = make_pipeline(StandardScaler(with_mean=False))"),
    ],
)

EQUAL = pairs(
    "sklearn",
    NEEDS,
    [
        (
            "fitted-twice",
            "v = LinearRegression().fit([[1], [2]], [1, 2])",
            "v = LinearRegression().fit([[1], [2]], [1, 2])\nv.predict([[1]]), repr(v), v._repr_html_()",
            "v.coef_",
        ),
    ],
)

ROUNDTRIP = values(
    "sklearn",
    NEEDS,
    [
        "v = make_pipeline(StandardScaler(), LinearRegression()).fit([[1.0], [2.0]], [1, 2])",
        "v = SGDClassifier(random_state=0).fit([[1.0], [2.0]], [0, 1])",
        "from sklearn.ensemble import HistGradientBoostingRegressor\nv = HistGradientBoostingRegressor(max_iter=3, random_state=0).fit(np.arange(60.0).reshape(-1, 1), np.arange(60.0))",
        "from sklearn.ensemble import GradientBoostingClassifier\nv = GradientBoostingClassifier(n_estimators=3, random_state=0).fit(np.arange(60.0).reshape(-1, 1), np.arange(60) % 2)",
        "from sklearn.neighbors import KNeighborsClassifier\nv = KNeighborsClassifier(1, algorithm='kd_tree').fit([[1.0], [2.0]], [0, 1])",
        "from sklearn.svm import SVC\nv = SVC().fit([[1.0], [2.0]], [0, 1])",
        "from sklearn.feature_extraction.text import TfidfVectorizer\nv = TfidfVectorizer().fit(['a bc', 'bc de'])",
        "from sklearn.cluster import KMeans\nv = KMeans(2, n_init=1, random_state=0).fit([[1.0], [2.0], [3.0]])",
        "from sklearn.compose import ColumnTransformer\nv = ColumnTransformer([('s', StandardScaler(), [0])]).fit([[1.0], [2.0]])",
    ],
)
