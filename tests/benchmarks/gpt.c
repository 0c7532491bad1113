/* The loss of a document of N tokens and its gradient, for the GPT of demos/gpt.py with S symbols, L places, D numbers
   a token and H heads, by plain matrices and loops. The tokens of a document stand side by side, x[feature][token], so
   that the innermost loops of forward and backward pass run over them; the gradients of weights run over a row of a
   copy that stands the other way round. */

#include <math.h>
#include <string.h>

#define W (4 * D)
#define E (D / H)

typedef struct {
    double token[S][D], place[L][D], attend[3 * D][D], mix[D][D], widen[W][D], narrow[D][W], out[S][D];
} Model;

/* y = w x */
#define TIMES(w, x, y, ROWS, COLUMNS)                                        \
    for (int i = 0; i < ROWS; i++) {                                         \
        double total[N] = {0};                                               \
        for (int k = 0; k < COLUMNS; k++)                                    \
            for (int t = 0; t < N; t++) total[t] += w[i][k] * x[k][t];       \
        for (int t = 0; t < N; t++) y[i][t] = total[t];                      \
    }

/* dx = wᵀ dy */
#define BACK(w, dy, dx, ROWS, COLUMNS)                                       \
    for (int k = 0; k < COLUMNS; k++) {                                      \
        double total[N] = {0};                                               \
        for (int i = 0; i < ROWS; i++)                                       \
            for (int t = 0; t < N; t++) total[t] += w[i][k] * dy[i][t];      \
        for (int t = 0; t < N; t++) dx[k][t] = total[t];                     \
    }

/* dw = dy xᵀ */
#define OUTER(dy, x, dw, ROWS, COLUMNS)                                      \
    {                                                                        \
        static double turned[N][COLUMNS];                                    \
        for (int t = 0; t < N; t++)                                          \
            for (int k = 0; k < COLUMNS; k++) turned[t][k] = x[k][t];        \
        for (int i = 0; i < ROWS; i++) {                                     \
            double total[COLUMNS] = {0};                                     \
            for (int t = 0; t < N; t++)                                      \
                for (int k = 0; k < COLUMNS; k++) total[k] += dy[i][t] * turned[t][k]; \
            for (int k = 0; k < COLUMNS; k++) dw[i][k] = total[k];           \
        }                                                                    \
    }

static void normalise(double x[D][N], double r[N], double h[D][N]) {
    double squares[N] = {0};
    for (int k = 0; k < D; k++)
        for (int t = 0; t < N; t++) squares[t] += x[k][t] * x[k][t];
    for (int t = 0; t < N; t++) r[t] = 1.0 / sqrt(squares[t] / D + 1e-5);
    for (int k = 0; k < D; k++)
        for (int t = 0; t < N; t++) h[k][t] = x[k][t] * r[t];
}

/* dx += what dh, the gradient by the normalised numbers, is before them */
static void before_norm(double h[D][N], double r[N], double dh[D][N], double dx[D][N]) {
    double mean[N] = {0};
    for (int k = 0; k < D; k++)
        for (int t = 0; t < N; t++) mean[t] += h[k][t] * dh[k][t];
    for (int t = 0; t < N; t++) mean[t] /= D;
    for (int k = 0; k < D; k++)
        for (int t = 0; t < N; t++) dx[k][t] += r[t] * (dh[k][t] - h[k][t] * mean[t]);
}

double gradient(const Model *w, const long long *tokens, const long long *after, Model *g) {
    static double x[D][N], h[D][N], qkv[3 * D][N], weights[H][N][N], m[D][N], x1[D][N], h1[D][N], u[W][N], a[W][N];
    static double x2[D][N], z[S][N], dx[D][N], du[W][N], dh[D][N], dm[D][N], dqkv[3 * D][N], r[N], r1[N];
    double loss = 0.0;
    for (int k = 0; k < D; k++)
        for (int t = 0; t < N; t++) x[k][t] = w->token[tokens[t]][k] + w->place[t][k];
    normalise(x, r, h);
    TIMES(w->attend, h, qkv, 3 * D, D)
    for (int head = 0; head < H; head++) {
        double(*q)[N] = qkv + head * E, (*k)[N] = q + D, (*v)[N] = k + D;
        for (int t = 0; t < N; t++) {
            double *row = weights[head][t], largest = -1e300, total = 0.0;
            for (int s = 0; s <= t; s++) {
                double score = 0.0;
                for (int i = 0; i < E; i++) score += q[i][t] * k[i][s];
                row[s] = score / sqrt(E);
                largest = row[s] > largest ? row[s] : largest;
            }
            for (int s = 0; s <= t; s++) total += row[s] = exp(row[s] - largest);
            for (int s = 0; s <= t; s++) row[s] /= total;
            for (int i = 0; i < E; i++) {
                double mixed = 0.0;
                for (int s = 0; s <= t; s++) mixed += row[s] * v[i][s];
                m[head * E + i][t] = mixed;
            }
        }
    }
    TIMES(w->mix, m, x1, D, D)
    for (int k = 0; k < D; k++)
        for (int t = 0; t < N; t++) x1[k][t] += x[k][t];
    normalise(x1, r1, h1);
    TIMES(w->widen, h1, u, W, D)
    for (int k = 0; k < W; k++)
        for (int t = 0; t < N; t++) a[k][t] = u[k][t] > 0.0 ? u[k][t] : 0.0;
    TIMES(w->narrow, a, x2, D, W)
    for (int k = 0; k < D; k++)
        for (int t = 0; t < N; t++) x2[k][t] += x1[k][t];
    TIMES(w->out, x2, z, S, D)

    double largest[N], total[N] = {0};
    for (int t = 0; t < N; t++) largest[t] = z[0][t];
    for (int i = 1; i < S; i++)
        for (int t = 0; t < N; t++) largest[t] = z[i][t] > largest[t] ? z[i][t] : largest[t];
    for (int i = 0; i < S; i++)
        for (int t = 0; t < N; t++) total[t] += z[i][t] = exp(z[i][t] - largest[t]);
    for (int t = 0; t < N; t++) loss -= log(z[after[t]][t] / total[t]) / N;
    for (int i = 0; i < S; i++)
        for (int t = 0; t < N; t++) z[i][t] /= total[t] * N;
    for (int t = 0; t < N; t++) z[after[t]][t] -= 1.0 / N;

    OUTER(z, x2, g->out, S, D)
    BACK(w->out, z, dx, S, D)
    OUTER(dx, a, g->narrow, D, W)
    BACK(w->narrow, dx, du, D, W)
    for (int k = 0; k < W; k++)
        for (int t = 0; t < N; t++) du[k][t] = u[k][t] > 0.0 ? du[k][t] : 0.0;
    OUTER(du, h1, g->widen, W, D)
    BACK(w->widen, du, dh, W, D)
    before_norm(h1, r1, dh, dx);
    OUTER(dx, m, g->mix, D, D)
    BACK(w->mix, dx, dm, D, D)
    memset(dqkv, 0, sizeof dqkv);
    for (int head = 0; head < H; head++) {
        double(*q)[N] = qkv + head * E, (*k)[N] = q + D, (*v)[N] = k + D;
        double(*dq)[N] = dqkv + head * E, (*dk)[N] = dq + D, (*dv)[N] = dk + D;
        for (int t = 0; t < N; t++) {
            double *row = weights[head][t], slope[N], mean = 0.0;
            for (int s = 0; s <= t; s++) {
                slope[s] = 0.0;
                for (int i = 0; i < E; i++) slope[s] += dm[head * E + i][t] * v[i][s];
                mean += slope[s] * row[s];
            }
            for (int s = 0; s <= t; s++) slope[s] = row[s] * (slope[s] - mean) / sqrt(E);
            for (int i = 0; i < E; i++) {
                double to_query = 0.0;
                for (int s = 0; s <= t; s++) {
                    to_query += slope[s] * k[i][s];
                    dk[i][s] += slope[s] * q[i][t];
                    dv[i][s] += row[s] * dm[head * E + i][t];
                }
                dq[i][t] = to_query;
            }
        }
    }
    OUTER(dqkv, h, g->attend, 3 * D, D)
    BACK(w->attend, dqkv, dh, 3 * D, D)
    before_norm(h, r, dh, dx);
    memset(g->token, 0, sizeof g->token);
    memset(g->place, 0, sizeof g->place);
    for (int t = 0; t < N; t++)
        for (int k = 0; k < D; k++) {
            g->token[tokens[t]][k] += dx[k][t];
            g->place[t][k] = dx[k][t];
        }
    return loss;
}
