/* micrograd's demo net by hand: 2-16-16-1, hinge loss and l2, mini-batch SGD. For tests/benchmarks/replay_step.py.
 *
 * S samples are computed side by side, the innermost loop of each line, which the compiler turns into vectors; the
 * sums over samples are kept by lanes and added up once a batch. ACTIVATION is 0 for relu, 1 for tanh, 2 for sigmoid.
 */
#include <math.h>
#include <string.h>

#ifndef S
#define S 8
#endif
#ifndef ACTIVATION
#define ACTIVATION 0
#endif

#if ACTIVATION == 0
#define ACTIVATE(z) ((z) > 0 ? (z) : 0)
#define SLOPE(a) ((a) > 0 ? 1.0 : 0.0)
#elif ACTIVATION == 1
#define ACTIVATE(z) tanh(z)
#define SLOPE(a) (1 - (a) * (a))
#else
#define ACTIVATE(z) (1 / (1 + exp(-(z))))
#define SLOPE(a) ((a) * (1 - (a)))
#endif

#define LANES for (int s = 0; s < S; s++)
enum { D = 2, H = 16 };

typedef struct { double w1[H][D], b1[H], w2[H][H], b2[H], w3[H], b3; } Net;
typedef struct { double w1[H][D][S], b1[H][S], w2[H][H][S], b2[H][S], w3[H][S], b3[S]; } Sums;

static Sums sums __attribute__((aligned(64)));

/* One batch of n samples in blocks of S: x is [block][D][S], y and weight are [block][S], a weight 0 marks no sample. */
static double one_step(Net *restrict net, const double *restrict x, const double *restrict y,
                       const double *restrict weight, int blocks, int n, double lr, double l2)
{
    double cost[S] = {0};
    memset(&sums, 0, sizeof sums);
    for (int i = 0; i < blocks; i++, x += D * S, y += S, weight += S) {
        double a1[H][S], a2[H][S], delta2[H][S], delta3[S], out[S];
        for (int j = 0; j < H; j++)
            LANES a1[j][s] = ACTIVATE(net->b1[j] + net->w1[j][0] * x[s] + net->w1[j][1] * x[S + s]);
        LANES out[s] = net->b3;
        for (int j = 0; j < H; j++) {
            double z[S];
            LANES z[s] = net->b2[j];
            for (int k = 0; k < H; k++)
                LANES z[s] += net->w2[j][k] * a1[k][s];
            LANES a2[j][s] = ACTIVATE(z[s]);
            LANES out[s] += net->w3[j] * a2[j][s];
        }
        LANES {
            double margin = 1 - y[s] * out[s];
            delta3[s] = margin > 0 ? -y[s] * weight[s] : 0;
            cost[s] += margin > 0 ? margin * weight[s] : 0;
            sums.b3[s] += delta3[s];
        }
        for (int j = 0; j < H; j++) {
            LANES sums.w3[j][s] += a2[j][s] * delta3[s];
            LANES delta2[j][s] = net->w3[j] * delta3[s] * SLOPE(a2[j][s]);
            LANES sums.b2[j][s] += delta2[j][s];
            for (int k = 0; k < H; k++)
                LANES sums.w2[j][k][s] += a1[k][s] * delta2[j][s];
        }
        for (int k = 0; k < H; k++) {
            double delta1[S] = {0};
            for (int j = 0; j < H; j++)
                LANES delta1[s] += net->w2[j][k] * delta2[j][s];
            LANES delta1[s] *= SLOPE(a1[k][s]);
            LANES sums.b1[k][s] += delta1[s];
            LANES sums.w1[k][0][s] += delta1[s] * x[s];
            LANES sums.w1[k][1][s] += delta1[s] * x[S + s];
        }
    }
    double *p = (double *)net, *lanes = (double *)&sums, squares = 0, total = 0;
    for (int i = 0; i < (int)(sizeof *net / sizeof *p); i++) {
        double gradient = 0;
        LANES gradient += lanes[i * S + s];
        squares += p[i] * p[i];
        p[i] -= lr * (gradient / n + 2 * l2 * p[i]);
    }
    LANES total += cost[s];
    return total / n + l2 * squares;
}

/* Steps through n_batches batches of n samples again and again; gives the last batch's cost. */
double train(Net *net, const double *x, const double *y, const double *weight, int n_batches, int blocks, int n,
             double lr, double l2, int steps)
{
    double cost = 0;
    for (int i = 0; i < steps; i++) {
        int first = i % n_batches * blocks * S;
        cost = one_step(net, x + D * first, y + first, weight + first, blocks, n, lr, l2);
    }
    return cost;
}
