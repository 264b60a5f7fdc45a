def cadena(llamadas):
    personas = {}
    for llama, recibe in llamadas:
        if llama not in personas:
            personas[llama] = []
        if recibe not in personas:
            personas[recibe] = []
        if recibe != llama and recibe not in personas[llama]:
            personas[llama].append(recibe)
    return personas


def sin_llamada(llamadas):
    personas = cadena(llamadas)
    avisadas = set()
    for llama in personas:
        avisadas.update(personas[llama])
    return sorted(set(personas) - avisadas)
